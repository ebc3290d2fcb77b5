// Prints what CHANGELOG.md says of package.json's version, for a release on GitHub:
// `npm run --silent release-notes -- --tag v1.2.3 --files https://…/`. With a tag, it has to be this version's.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import metadata from '../package.json' with { type: 'json' };
import { asReleaseNotes, sectionOf } from './changelog.ts';

const { values } = parseArgs({
  options: {
    tag: { type: 'string', default: '' },
    /** Where the repository's files are, with a slash at its end. */
    files: { type: 'string', default: '' },
  },
});
const { version } = metadata;
if (values.tag && values.tag !== `v${version}`) {
  throw new Error(`The tag is ${values.tag}, and package.json's version ${version}.`);
}
console.log(asReleaseNotes(sectionOf(readFileSync('CHANGELOG.md', 'utf8'), version), values.files));
