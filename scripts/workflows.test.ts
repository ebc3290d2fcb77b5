import { readdirSync, readFileSync } from 'node:fs';
import { runnerImport } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';
import metadata from '../package.json' with { type: 'json' };

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job extends Step {
  readonly permissions?: unknown;
  readonly environment?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const repository = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, repository), 'utf8');
const folder = '.github/workflows';
const files = readdirSync(new URL(folder, repository));
const jobsOf = ({ jobs }: Workflow) => Object.entries(jobs);
const stepsOf = (workflow: Workflow) => jobsOf(workflow).flatMap(([, job]) => job.steps ?? []);
const usesOf = (workflow: Workflow, action: string) =>
  stepsOf(workflow).filter(({ uses }) => uses?.startsWith(`${action}@`));

let checker: typeof import('@actions/languageservice/validate');
beforeAll(async () => {
  // GitHub's own, which its editors use. It has to go through Vite: it imports JSON without saying so,
  // which Node refuses.
  const inline = { resolve: { noExternal: [/^@actions\//] } };
  const loaded = await runnerImport<typeof checker>('@actions/languageservice/validate', {
    configFile: false,
    logLevel: 'error',
    environments: { inline },
  });
  checker = loaded.module;
}, 60_000);

let checked = 0;

/** The rules: each gives what breaks it in a workflow. */
const rules: Record<string, (text: string, workflow: Workflow) => unknown[] | Promise<unknown[]>> =
  {
    'is understood by GitHub': async (text) => {
      // It remembers what it has read by the name.
      checked += 1;
      const document = TextDocument.create(`file:///${checked}/w.yml`, 'yaml', 0, text);
      const found = await checker.validate(document, {
        fileProvider: {
          getFileContent: async (reference) => ({
            name: reference.path,
            content: read(reference.path),
          }),
        },
      });
      return found.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
    },
    'permits nothing but what a job asks for': (_, workflow) => [
      ...(JSON.stringify(workflow.permissions) === '{}' ? [] : ['the workflow']),
      ...jobsOf(workflow).flatMap(([name, job]) =>
        job.permissions instanceof Object ? [] : [name],
      ),
    ],
    'ends by itself': (_, workflow) =>
      jobsOf(workflow).flatMap(([name, job]) => (job.uses || job['timeout-minutes'] ? [] : [name])),
    'takes from elsewhere what a commit names, and says which version that is': (text) =>
      (text.match(/\buses: .*/g) ?? []).filter(
        (uses) => !/^uses: (\.\/\S+|\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(uses),
      ),
    'gives no strange change our rights': (_, { on }) =>
      JSON.stringify(on).match(/pull_request_target|workflow_run/g) ?? [],
    'leaves no token in the clone': (_, workflow) =>
      usesOf(workflow, 'actions/checkout').filter(
        (step) => step.with?.['persist-credentials'] !== false,
      ),
    'calls scripts that there are': (text) =>
      [...text.matchAll(/\bnpm (?:run (?:--silent )?)?([\w:-]+)/g)]
        .map(([, script]) => script)
        .filter(
          (script) => script !== 'ci' && !Object.keys(metadata.scripts).includes(`${script}`),
        ),
    'shows secrets to jobs with an environment alone': (_, workflow) => {
      const { jobs, ...rest } = workflow;
      const others = Object.entries({ ...jobs, rest }).filter(([, job]) => !('environment' in job));
      return others.filter(([, job]) => /\bsecrets\b/.test(JSON.stringify(job)));
    },
  };

const releaseRules: typeof rules = {
  'builds from nothing that is kept': (text, workflow) => [
    ...(text.match(/\bcache: .*|\bactions\/cache\b/g) ?? []).filter(
      (found) => found !== 'cache: false',
    ),
    ...usesOf(workflow, 'actions/setup-node').filter(
      (step) => step.with?.['package-manager-cache'] !== false,
    ),
  ],
  'uses secrets that the checklist names': (text) =>
    [...text.matchAll(/\bsecrets\.(\w+)/g)].filter(
      ([, name]) => !read('docs/store/checklist.md').includes(`\`${name}\``),
    ),
};

function rulesOf(file: string) {
  return { ...rules, ...(file === 'release.yml' && releaseRules) };
}

const check = async (file: string, rule: string, text: string) =>
  rulesOf(file)[rule]?.(text, parse(text));

describe.each(files)('%s', (file) => {
  it.each(Object.keys(rulesOf(file)))('%s', async (rule) => {
    expect(await check(file, rule, read(`${folder}/${file}`))).toEqual([]);
  });
});

// That each rule finds something.
describe.each([
  ['ci.yml', 'is understood by GitHub', 'timeout-minutes:', 'timeout-minute:'],
  ['ci.yml', 'is understood by GitHub', 'inputs.long', 'inputs.lang'],
  ['release.yml', 'is understood by GitHub', 'needs: build', 'needs: builds'],
  ['release.yml', 'is understood by GitHub', 'long: true', 'lang: true'],
  ['ci.yml', 'permits nothing but what a job asks for', 'permissions: {}', ''],
  ['ci.yml', 'permits nothing but what a job asks for', '{}', 'read-all'],
  ['ci.yml', 'permits nothing but what a job asks for', '      contents: read\n', ''],
  ['ci.yml', 'ends by itself', '    timeout-minutes: 45\n', ''],
  [
    'ci.yml',
    'takes from elsewhere what a commit names, and says which version that is',
    /@\w{40}/,
    '@v7',
  ],
  [
    'ci.yml',
    'takes from elsewhere what a commit names, and says which version that is',
    ' # v7.0.1',
    '',
  ],
  ['ci.yml', 'gives no strange change our rights', 'pull_request:', 'pull_request_target:'],
  ['ci.yml', 'leaves no token in the clone', 'persist-credentials: false', 'fetch-depth: 0'],
  ['ci.yml', 'calls scripts that there are', 'npm test', 'npm tests'],
  ['ci.yml', 'calls scripts that there are', 'npm run soak', 'npm run soaks'],
  [
    'release.yml',
    'shows secrets to jobs with an environment alone',
    '    environment: edge-add-ons\n',
    '',
  ],
  [
    'release.yml',
    'shows secrets to jobs with an environment alone',
    'with:\n      long: true',
    'secrets: inherit',
  ],
  ['release.yml', 'builds from nothing that is kept', 'package-manager-cache: false', 'cache: npm'],
  ['release.yml', 'builds from nothing that is kept', 'actions/attest@', 'actions/cache@'],
  [
    'release.yml',
    'uses secrets that the checklist names',
    'secrets.EDGE_API_KEY',
    'secrets.EDGE_KEY',
  ],
])('a broken %s no longer %s', (file, rule, right, wrong) => {
  it(`with ${JSON.stringify(wrong)}`, async () => {
    const text = read(`${folder}/${file}`);
    expect(text).toMatch(right);
    expect(await check(file, rule, text.replace(right, wrong))).not.toEqual([]);
  });
});
