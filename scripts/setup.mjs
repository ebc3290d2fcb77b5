// Makes a fresh machine ready: `node scripts/setup.mjs`, and with `tests` for the tests too. Uses
// Node's own modules only, because it runs before there are any others. What is there is left alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const isForTests = process.argv.includes('tests');

function run(command, parts, options = {}) {
  const shell = process.platform === 'win32';
  return spawnSync(command, parts, { stdio: 'inherit', shell, ...options }).status === 0;
}

function isOnPath(command) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, command)));
}

function installDependencies() {
  const installed = 'node_modules/.package-lock.json';
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;
  if (isCurrent) return;
  console.log('Installing the dependencies of the lockfile…');
  if (!run('npm', ['ci', '--no-audit', '--no-fund'])) fail('npm ci failed.');
}

/** Whether this is Debian or a child of it, as root: the one case in which packages are installed. */
function canUseApt() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^(ID|ID_LIKE)=.*debian/m.test(release) && process.getuid?.() === 0;
}

async function installBrowsers() {
  const { chromium } = await import('playwright');
  const parts = [
    {
      name: 'Chromium (or its path in CHROMIUM)',
      isThere: () =>
        [process.env.CHROMIUM, chromium.executablePath(), '/usr/bin/chromium'].some(
          (path) => path && existsSync(path),
        ),
      // Not the headless shell, which has no extensions.
      download: ['playwright', 'install', '--no-shell', 'chromium'],
      package: 'chromium',
    },
    {
      // Playwright's own Firefox takes no extensions.
      name: 'Firefox (or its path in FIREFOX)',
      isThere: () =>
        [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].some(
          (path) => path && existsSync(path),
        ),
      package: 'firefox-esr',
      isForTests: true,
    },
    { name: 'Xvfb', isThere: () => isOnPath('Xvfb'), package: 'xvfb', isForTests: true },
    { name: 'xdotool', isThere: () => isOnPath('xdotool'), package: 'xdotool', isForTests: true },
    {
      // For the pictures: without one, Chinese is drawn as boxes.
      name: 'a Chinese font',
      isThere: () => existsSync('/usr/share/fonts/opentype/noto') || !canUseApt(),
      package: 'fonts-noto-cjk',
    },
  ];
  const needed = parts.filter((part) => !part.isThere() && (isForTests || !part.isForTests));

  for (const { name, download } of needed) {
    if (!download) continue;
    console.log(`Downloading ${name}…`);
    run('npx', ['--no-install', ...download], { stdio: 'ignore' });
  }
  const packages = needed.filter(({ isThere }) => !isThere()).map((part) => part.package);
  if (packages.length > 0 && canUseApt()) {
    console.log(`Installing ${packages.join(', ')}…`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
    run('apt-get', ['update', '-qq'], quiet);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  }
  const missing = needed.filter(({ isThere }) => !isThere()).map(({ name }) => name);
  if (missing.length > 0) {
    fail(`Please install ${missing.join(', ')}; on Debian: apt-get install ${packages.join(' ')}`);
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

installDependencies();
await installBrowsers();
