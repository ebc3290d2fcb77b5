/**
 * A cookie store: a jar of its own. `default` is the one of an ordinary window; `incognito` is
 * Chromium's and `private` Firefox's for windows that leave no traces; a `container` is Firefox's.
 */
export interface CookieStore {
  readonly id: string;
  readonly kind: 'default' | 'incognito' | 'private' | 'container';
  /** What the person calls a container. */
  readonly name?: string | undefined;
}
