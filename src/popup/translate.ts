import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Translate } from '../text/message.ts';

/** The page's language, given once at its root. */
export const TranslateContext = createContext<Translate>((...[key]) => key);

/** The translations of this page. */
export function useTranslate(): Translate {
  return useContext(TranslateContext);
}
