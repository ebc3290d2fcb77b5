import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The states on this machine alone, with live reload: `npm run dev`, and the tests of appearance. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  appType: 'mpa',
  // The catalogues are imported, so that a change of them is seen too.
  publicDir: false,
  server: {
    host: '127.0.0.1',
    fs: { allow: [repository] },
  },
  // All that is imported is made of modules already. Bundling it first would need a cache, which
  // servers that run at once would share.
  optimizeDeps: { noDiscovery: true },
});
