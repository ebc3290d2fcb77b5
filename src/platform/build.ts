/**
 * Whether this is the build for Firefox. Each browser has one of its own, without what is only for
 * the other.
 */
export const isFirefox = import.meta.env.MODE === 'firefox';
