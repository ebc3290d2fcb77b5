// Renews the picture in the README from what the tests see: `npm run picture`.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

for (const parts of [['build'], ['browser', '--', '--project=chromium', 'appearance']]) {
  const { status } = spawnSync('npm', ['run', '--silent', ...parts], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
mkdirSync('docs', { recursive: true });
copyFileSync('e2e/output/popup.png', 'docs/popup.png');
