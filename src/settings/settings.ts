import * as v from 'valibot';

/**
 * What a person can switch on. One schema is type and default; a stored value that cannot be
 * understood counts as the default, and takes no other setting with it.
 */
const settingsSchema = v.object({
  /** After a good log-out, log out of biligame.com too. Works with access to that site only. */
  biligame: v.fallback(v.boolean(), false),
  /** After a good log-out, remove the site's stored refresh token. Needs `browsingData`. */
  siteData: v.fallback(v.boolean(), false),
});
export type Settings = v.InferOutput<typeof settingsSchema>;
export type SettingName = keyof Settings;
export const settingNames = ['biligame', 'siteData'] as const satisfies readonly SettingName[];

/** Understands stored settings, whatever was stored. */
export function parseSettings(stored: unknown): Settings {
  return v.parse(v.fallback(settingsSchema, { biligame: false, siteData: false }), stored);
}
