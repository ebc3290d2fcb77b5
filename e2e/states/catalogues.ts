/// <reference types="vite/client" />
import type { Translate } from '../../src/text/message.ts';

interface Entry {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}
type Catalogue = Readonly<Record<string, Entry>>;

/** A language, by the name of its catalogue's folder. */
export type Language = string;

// Vite puts the imports here: in a browser, in its runner and in unit tests, but not in Playwright's.
const files = import.meta.glob<Catalogue>('../../public/_locales/*/messages.json', {
  eager: true,
  import: 'default',
});
const catalogues = new Map(
  Object.entries(files).map(([path, catalogue]): [Language, Catalogue] => [
    path.split('/').at(-2) ?? '',
    catalogue,
  ]),
);

/** Every language that is there, English first. */
export const languages: readonly Language[] = [...new Set(['en', ...catalogues.keys()])];

/** Translates as a browser does, without one: a value takes the place of its `$NAME$`. */
export function translatorTo(language: Language): Translate {
  const catalogue = catalogues.get(language);
  if (!catalogue) throw new Error(`There is no language ${language}.`);
  return (key, ...values) => {
    const { message = '', placeholders = {} } = catalogue[key] ?? {};
    return Object.entries(placeholders).reduce(
      (text, [name, { content }]) =>
        text.replaceAll(`$${name.toUpperCase()}$`, values[Number(content.slice(1)) - 1] ?? ''),
      message,
    );
  };
}
