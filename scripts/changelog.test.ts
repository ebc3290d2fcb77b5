import { describe, expect, it } from 'vitest';
import { asReleaseNotes, sectionOf } from './changelog.ts';

const changelog = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-26

### Fixed

- Something that is told
  in two lines.
- See [policy](docs/policy.md).

## [1.2.0-rc.1] - 2026-11-01

- A first try.
`;

describe('the section of a version', () => {
  it('goes from its heading to the next', () => {
    expect(sectionOf(changelog, '1.2.0')).toBe(
      '### Fixed\n\n- Something that is told\n  in two lines.\n- See [policy](docs/policy.md).',
    );
  });

  it('is that of the very version, and may be the last', () => {
    expect(sectionOf(changelog, '1.2.0-rc.1')).toBe('- A first try.');
  });

  it.each(['1.2', '2.0.0', 'Unreleased'])(
    'is missed where %s has none, or an empty one',
    (version) => {
      expect(() => sectionOf(changelog, version)).toThrow(`"## [${version}]"`);
    },
  );
});

describe('the notes of a release', () => {
  const notesOf = (section: string) => asReleaseNotes(section, 'https://files.example/');

  it('have one line for each paragraph and point', () => {
    expect(notesOf('### Fixed\n\n- One\n  of two.\n  - Within\n    it.\n- Two\n\nAt\nlast.')).toBe(
      '### Fixed\n\n- One of two.\n  - Within it.\n- Two\n\nAt last.',
    );
  });

  it('lead to the files of the repository, and elsewhere as before', () => {
    expect(notesOf('[a](docs/a.md) [b](https://b.example/) [c](#c)')).toBe(
      '[a](https://files.example/docs/a.md) [b](https://b.example/) [c](#c)',
    );
  });
});
