import { generate } from 'selfsigned';

/** A private key and its self-signed certificate, both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const names = [
  'bilibili.com',
  '*.bilibili.com',
  'biligame.com',
  '*.biligame.com',
  '*.hdslb.com',
  'localhost',
];

/** Makes a fresh certificate for every host name the stand-in answers to. */
export async function createCertificate(): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'bilibili.com' }], {
    // An elliptic key takes milliseconds to make, an RSA one up to a second.
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
    ],
  });
  return { key: made.private, cert: made.cert };
}
