import type { ManifestV3Export } from '@crxjs/vite-plugin';

/** The browsers that a build is made for. */
export const browsers = ['chromium', 'firefox'] as const;
export type BrowserName = (typeof browsers)[number];

/** Firefox's name for the extension, also in policies. */
export const firefoxId = '{7186ee8b-83d3-4750-b84c-3b57a289e701}';

const iconsOf = (name: string, sizes: readonly number[]) =>
  Object.fromEntries(sizes.map((size) => [String(size), `icons/${name}-${size}.png`]));

/**
 * What our pages and the worker may load, and whom they may ask: nothing else. The build adds the
 * digests of the styles that stand in the pages.
 */
const contentSecurity = [
  "default-src 'none'",
  "script-src 'self'",
  'style-src',
  // The avatar.
  'img-src https://*.hdslb.com',
  // Chromium's `action.setIcon` asks for the icons.
  "connect-src 'self' https://passport.bilibili.com https://api.bilibili.com https://biligame.com https://*.biligame.com",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The manifest of one browser's build. */
export function manifestOf(browser: BrowserName, version: string) {
  return {
    manifest_version: 3,
    name: '__MSG_name__',
    description: '__MSG_description__',
    version,
    default_locale: 'en',
    // The product's face in stores and in the browser's lists.
    icons: iconsOf('icon', [16, 32, 128]),
    action: {
      default_popup: 'src/popup/index.html',
      default_title: '__MSG_name__',
      // What stands in the toolbar until the worker has looked: in colour it would say of a person
      // who is logged out that they are logged in. So grey means "no log-in that we know of".
      default_icon: iconsOf('icon-off', [16, 32]),
    },
    permissions: [
      'cookies',
      'storage',
      'contextMenus',
      'alarms',
      'idle',
      'declarativeNetRequestWithHostAccess',
    ],
    // Not `https://` alone: the cookies API would hide every cookie that is not Secure.
    host_permissions: ['*://*.bilibili.com/*'],
    // Each belongs to one setting that is off by default.
    optional_host_permissions: ['*://*.biligame.com/*'],
    optional_permissions: ['browsingData'],
    content_security_policy: { extension_pages: contentSecurity },
    options_ui: { page: 'src/options/index.html', open_in_tab: true },
    commands: {
      'log-out': {
        suggested_key: { default: 'Alt+Shift+L' },
        description: '__MSG_commandLogOut__',
      },
      _execute_action: {},
    },
    ...(browser === 'chromium'
      ? {
          minimum_chrome_version: '120',
          incognito: 'split',
          // Firefox knows no such key, and takes a policy as it is.
          storage: { managed_schema: 'managed-schema.json' },
          background: { service_worker: 'src/background/index.ts', type: 'module' },
        }
      : {
          background: { scripts: ['src/background/index.ts'], type: 'module' },
          browser_specific_settings: {
            gecko: {
              // For ever: an add-on with another id is another add-on.
              id: firefoxId,
              strict_min_version: '140.0',
              // Why this is the honest value: PRIVACY.md.
              data_collection_permissions: { required: ['websiteContent'] },
            },
          },
        }),
  } satisfies ManifestV3Export;
}
