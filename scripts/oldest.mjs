// Runs browser tests in the oldest browsers that the manifests admit: `npm run browser:oldest`, after
// a build. As root on Debian it gets them from Debian's archive, through the machine's own apt, so
// with its mirror and its check of signatures, but beside the system's own packages and lists.
// Elsewhere CHROMIUM and FIREFOX have to name them. What follows `--` goes to Playwright.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const cache = join(process.cwd(), '.cache/browsers');
/** Of the package debian-archive-keyring: what Debian signs its archive with, old suites included. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

const oldest = [
  {
    variable: 'CHROMIUM',
    version: readManifest('chromium').minimum_chrome_version,
    // Debian 11 ended with Chromium 120.
    suite: 'bullseye',
    package: 'chromium',
    program: 'usr/lib/chromium/chromium',
  },
  {
    variable: 'FIREFOX',
    version: readManifest('firefox').browser_specific_settings.gecko.strict_min_version,
    suite: 'bookworm',
    package: 'firefox-esr',
    program: 'usr/lib/firefox-esr/firefox-esr',
  },
].map((browser) => ({ ...browser, major: Number.parseInt(browser.version, 10) }));

/**
 * What these browsers are tested with: no windows, no pictures, nothing of newer Chromium alone.
 * Before 127 it lets no extension open its popup.
 */
const specs = [
  'specs/shared/(?!popup-on-button)',
  'chromium/(access|cookies|popup|worker)',
  'firefox/stores',
];

function readManifest(build) {
  const file = `dist/${build}/manifest.json`;
  if (!existsSync(file)) fail('There is no build: run `npm run build`.');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Runs a command that has to work, and gives what it says. */
function read(command, ...parts) {
  const { error, status, stdout, stderr } = spawnSync(command, parts, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${parts.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

function isDebianRoot() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID=debian$/m.test(release) && process.getuid?.() === 0;
}

/** The line of a `sources.list` for a suite of Debian, at the mirror that this machine uses. */
function sourceOf(suite) {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const format = '$(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)';
  const own = `Packages ${codename} main `;
  const line = read('apt-get', 'indextargets', '--format', format)
    .split('\n')
    .find((target) => target.startsWith(own));
  if (!line) throw new Error(`apt has no source for ${codename} main.`);
  return `deb [signed-by=${keyring}] ${line.slice(own.length)} ${suite} main\n`;
}

/**
 * Downloads a browser, and those libraries of its suite that this machine lacks, and unpacks them all
 * into one folder.
 * @returns the path of a script that starts it.
 */
function get({ package: name, major, suite, program }) {
  const folder = join(cache, `${name}-${major}`);
  const starter = join(folder, 'start');
  if (existsSync(starter)) return starter;
  if (!isDebianRoot()) throw new Error('It can be downloaded by root on Debian only.');

  console.log(`Downloading ${name} ${major} of Debian's ${suite}…`);
  const apt = join(cache, `apt-${suite}`);
  const unpacked = join(apt, 'unpacked');
  rmSync(apt, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['lists/partial', 'archives/partial', 'unpacked']) {
    mkdirSync(join(apt, part), { recursive: true });
  }
  writeFileSync(join(apt, 'sources.list'), sourceOf(suite));
  // The machine's packages without its browsers, which apt would not make older.
  const installed = readFileSync('/var/lib/dpkg/status', 'utf8').split('\n\n');
  writeFileSync(
    join(apt, 'status'),
    installed.filter((entry) => !/^Package: (chromium|firefox)/m.test(entry)).join('\n\n'),
  );
  const settings = {
    'Dir::Etc::SourceList': join(apt, 'sources.list'),
    'Dir::Etc::SourceParts': '-',
    'Dir::State': apt,
    'Dir::State::Status': join(apt, 'status'),
    'Dir::Cache': apt,
    'Acquire::Retries': 3,
    // Its unprivileged user need not be able to read this folder.
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  read('apt-get', ...options, '-qq', '--error-on=any', 'update');
  const install = ['install', '-qq', '-y', '--download-only', '--no-install-recommends'];
  read('apt-get', ...options, ...install, `${name}=${major}*`);
  for (const file of readdirSync(join(apt, 'archives')).filter((file) => file.endsWith('.deb'))) {
    read('dpkg', '-x', join(apt, 'archives', file), unpacked);
  }
  renameSync(unpacked, folder);
  rmSync(apt, { recursive: true });

  const libraries = readdirSync(join(folder, 'usr/lib')).find((part) => /-linux-gnu/.test(part));
  writeFileSync(
    starter,
    [
      '#!/bin/sh',
      `# Starts ${name} ${major} with the libraries that came with it.`,
      'folder=$(cd "$(dirname "$0")" && pwd)',
      ...(libraries ? [`export LD_LIBRARY_PATH="$folder/usr/lib/${libraries}"`] : []),
      `exec "$folder/${program}" "$@"`,
      '',
    ].join('\n'),
    { mode: 0o755 },
  );
  return starter;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const paths = {};
for (const browser of oldest) {
  const { variable, package: name, major } = browser;
  try {
    paths[variable] = process.env[variable] || get(browser);
    const version = read(paths[variable], '--version').trim();
    console.log(version);
    if (Number(/\d+/.exec(version)) !== major) throw new Error(`That is not ${major}.`);
  } catch (error) {
    fail(`${error.message}\nPlease set ${variable} to the path of ${name} ${major}.`);
  }
}
const { status } = spawnSync(
  'npm',
  ['run', '--silent', 'browser', '--', ...specs, ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, ...paths } },
);
process.exit(status ?? 1);
