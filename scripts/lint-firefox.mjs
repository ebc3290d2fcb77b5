// Holds the Firefox build against Mozilla's linter: `npm run lint-firefox`, after a build.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** The warnings that stay, and why. */
const explained = {
  // Preact's own code for `dangerouslySetInnerHTML`, which nothing here uses: see `innerHTML` below.
  UNSAFE_VAR_ASSIGNMENT: ({ file }) => /^assets\/shared-/.test(file),
  // Firefox for Android reads `data_collection_permissions` from 142 on. It is not offered there.
  KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION: ({ description }) =>
    description.includes('data_collection_permissions'),
};

const { stdout, stderr, status } = spawnSync(
  'npx',
  ['--no-install', 'addons-linter', 'dist/firefox', '--output', 'json'],
  { encoding: 'utf8' },
);
if (!stdout) {
  console.error(stderr || `addons-linter ended with ${status}`);
  process.exit(1);
}
const { errors, warnings } = JSON.parse(stdout);
const found = [...errors, ...warnings].filter((entry) => !explained[entry.code]?.(entry));
for (const { code, message, file, line } of found) {
  console.error(`${code} ${file ?? ''}:${line ?? ''} ${message}`);
}
const ownHtml = spawnSync('git', ['grep', '-nE', 'dangerouslySetInnerHTML|innerHTML', '--', 'src']);
if (ownHtml.status === 0) console.error(`HTML is set from text:\n${ownHtml.stdout}`);
process.exit(found.length > 0 || ownHtml.status === 0 ? 1 : 0);
