/** What may follow a good log-out, where a person has switched it on. */
export const followUps = ['biligame', 'siteData'] as const;
export type FollowUp = (typeof followUps)[number];

/**
 * How a task ended: done; done although the address to visit was refused (not https, not
 * biligame's) or did not answer; cookies stayed because they cannot be removed, or because they
 * hold another session; the permission was withdrawn meanwhile, so that nothing could be seen any
 * more; the task failed, or the worker was stopped in the middle of it.
 */
export const followUpResults = [
  'done',
  'address-refused',
  'unreachable',
  'cookies-remain',
  'other-session',
  'no-access',
  'failed',
  'interrupted',
] as const;
export type FollowUpResult = (typeof followUpResults)[number];
