import { readdirSync, readFileSync } from 'node:fs';

/** The screenshots of a listing, in their order: states of `e2e/states/states.ts`. */
export const screenshots = [
  'logged-in-countdown',
  'working',
  'logged-out-offers-rules',
  'offline',
  'settings-changed',
] as const;

/** What a listing says in one language. */
export interface Listing {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** One for each screenshot, in their order. */
  readonly captions: readonly string[];
}

const repository = new URL('../', import.meta.url);
export const folder = new URL('docs/store/', repository);

/** The extension's languages, by the names of their catalogues' folders. */
export const languages = readdirSync(new URL('public/_locales/', repository));

/** Where the listing of a language is. */
export function listingOf(language: string): URL {
  return new URL(`listing.${language.replace('_', '-')}.md`, folder);
}

/** @throws if there is no listing of the language. */
export function readListing(language: string): Listing {
  const [, ...parts] = readFileSync(listingOf(language), 'utf8').split(/^## /m);
  const texts = new Map(
    parts.map((part): [string, string] => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end).trim()];
    }),
  );
  const textOf = (heading: string) => texts.get(heading) ?? '';
  return {
    name: textOf('Name'),
    summary: textOf('Short description'),
    description: textOf('Description'),
    captions: [...textOf('Captions').matchAll(/^\d\. (.+)$/gm)].map(([, caption = '']) => caption),
  };
}
