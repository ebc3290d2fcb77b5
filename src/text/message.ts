import type catalogue from '../../public/_locales/en/messages.json';

/** A key of the message catalogues, which hold the same keys in every language. */
export type MessageKey = keyof typeof catalogue;

/** A sentence to be shown: its key, then what stands for $1, $2, … */
export type Message = readonly [key: MessageKey, ...substitutions: string[]];

/** Turns messages into the browser's language. */
export type Translate = (...message: Message) => string;
