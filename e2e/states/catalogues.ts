import en from '../../public/_locales/en/messages.json' with { type: 'json' };
import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' };
import type { Translate } from '../../src/text/message.ts';

interface Entry {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}
type Catalogue = Readonly<Record<string, Entry>>;

const catalogues = { en, zh_CN: zh } satisfies Record<string, Catalogue>;

/** Each language, by the name of its catalogue. */
export type Language = keyof typeof catalogues;
export const languages = Object.keys(catalogues) as readonly Language[];

/** Translates as a browser does, without one: a value takes the place of its `$NAME$`. */
export function translatorTo(language: Language): Translate {
  const catalogue: Catalogue = catalogues[language];
  return (key, ...values) => {
    const { message = '', placeholders = {} } = catalogue[key] ?? {};
    return Object.entries(placeholders).reduce(
      (text, [name, { content }]) =>
        text.replaceAll(`$${name.toUpperCase()}$`, values[Number(content.slice(1)) - 1] ?? ''),
      message,
    );
  };
}
