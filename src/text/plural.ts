import type { KeyWith, Message, PlainKey } from './message.ts';

/**
 * A message with a number in it, in the form that the language has for that number.
 * @param language a BCP 47 tag.
 * @param one for the languages that have a form of its own for one; it names the number itself.
 */
export function counted(
  language: string,
  count: number,
  one: PlainKey,
  other: KeyWith<1>,
): Message {
  const isOne = new Intl.PluralRules(language).select(count) === 'one';
  return isOne ? [one] : [other, String(count)];
}
