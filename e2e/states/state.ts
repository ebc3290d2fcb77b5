// One state: `state.html?language=en&theme=dark#NAME`.
import type { Translate } from '../../src/text/message.ts';
import { translatorTo } from './catalogues.ts';
import { prepare, show } from './show.tsx';

declare global {
  /** For tests: shows another state, and tells which messages have been shown so far. */
  function showState(name: string): Promise<string[]>;
}

const parameters = new URLSearchParams(location.search);
const translate = translatorTo(parameters.get('language') ?? 'en');
const said = new Set<string>();
const t: Translate = (...message) => {
  said.add(message[0]);
  return translate(...message);
};

prepare(document, parameters.get('theme') ?? 'light dark');
document.title = t('name');

globalThis.showState = async (name) => {
  await show(document, name, t);
  return [...said];
};
if (location.hash) await showState(location.hash.slice(1));
