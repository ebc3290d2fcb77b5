// Runs a TypeScript file: `node scripts/run.mjs FILE [arguments]`. Node 20 cannot by itself.
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const [file] = process.argv.splice(2, 1);
process.argv[1] = resolve(file);
await runnerImport(process.argv[1], { configFile: false, logLevel: 'error' });
