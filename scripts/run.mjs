// Runs a TypeScript file: `node scripts/run.mjs FILE [arguments]`. Node 20 cannot by itself.
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const [file] = process.argv.splice(2, 1);
await runnerImport(resolve(file), { configFile: false, logLevel: 'error' });
