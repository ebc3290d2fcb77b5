/**
 * What a changelog says of a version: the section under its heading, without that.
 * @throws when there is no such section, or nothing in it.
 */
export function sectionOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`)) ?? '';
  const text = section.replace(/^.*\n?/, '').trim();
  if (text === '') throw new Error(`CHANGELOG.md says nothing under "## [${version}]".`);
  return text;
}

/**
 * The same text for a release on GitHub. There a line's end is shown as one, so that each paragraph
 * has to be one line; and a link to a file leads nowhere without the address of the files.
 */
export function asReleaseNotes(section: string, files: string): string {
  return section
    .replace(/(?<!\n)\n(?!\n|#|\s*[-*] ) */g, ' ')
    .replace(/\]\((?!\w+:|#)/g, `](${files}`);
}
