import type catalogue from '../../public/_locales/en/messages.json';

type Catalogue = typeof catalogue;

/** A key of the message catalogues, which hold the same keys in every language. */
export type MessageKey = keyof Catalogue;

/** How many placeholders a message declares; more than two are not provided for. */
type CountOf<K extends MessageKey> = Catalogue[K] extends { placeholders: infer Placeholders }
  ? IsUnion<keyof Placeholders> extends true
    ? 2
    : 1
  : 0;
type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;
/** A key of a message with so many placeholders. */
export type KeyWith<Count extends number> = {
  [K in MessageKey]: CountOf<K> extends Count ? K : never;
}[MessageKey];

/** A key of a message without placeholders: it is a sentence by itself. */
export type PlainKey = KeyWith<0>;

/** A sentence to be shown: its key, then what stands for its placeholders, in their order. */
export type Message =
  | [key: PlainKey]
  | [key: KeyWith<1>, value: string]
  | [key: KeyWith<2>, first: string, second: string];

/** Turns messages into the browser's language. */
export type Translate = (...message: Message) => string;
