import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a server on this machine that is as long as one wants. */
export interface Link {
  readonly port: number;
  /** How long a byte takes there and back, in milliseconds. */
  roundTrip: number;
  /** Ends every connection: the next request has to make a new one. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Delays lie under TCP, so that what is above costs what it costs: TLS its round trips, a request
 * another. A connection on loopback is there at once; its own round trip is made up for by holding
 * back what is sent first.
 */
export async function createLink(target: number): Promise<Link> {
  const sockets = new Set<Socket>();
  const link = { roundTrip: 0 };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
    // An end that comes early is told by 'close'.
    socket.on('error', () => undefined);
  };
  /** Passes on what comes, each piece after the way that lies before it, in order. */
  const pass = (from: Socket, to: Socket, handshake: number) => {
    const opened = performance.now() + handshake;
    let last: Promise<unknown> = Promise.resolve();
    const later = (act: () => void) => {
      const due = Math.max(performance.now(), opened) + link.roundTrip / 2;
      last = last.then(async () => {
        const wait = due - performance.now();
        if (wait > 0) await sleep(wait);
        if (!to.destroyed) act();
      });
    };
    from.on('data', (chunk) => later(() => to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    from.on('close', () => later(() => to.destroy()));
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    keep(client);
    keep(upstream);
    pass(client, upstream, link.roundTrip);
    pass(upstream, client, 0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get roundTrip() {
      return link.roundTrip;
    },
    set roundTrip(milliseconds) {
      link.roundTrip = milliseconds;
    },
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
