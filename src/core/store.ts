/**
 * A cookie store: a jar of its own. `default` is the one of an ordinary window; `incognito` is
 * Chromium's and `private` Firefox's for windows that leave no traces; a `container` is Firefox's.
 */
export interface CookieStore {
  readonly id: string;
  readonly kind: 'default' | 'incognito' | 'private' | 'container';
  /** A container's number: its name is not for us to read. */
  readonly name?: string | undefined;
}

/** Whether a store is one of windows that leave no traces: nothing about it is written to disk. */
export const isPrivate = ({ kind }: CookieStore): boolean =>
  kind === 'incognito' || kind === 'private';
