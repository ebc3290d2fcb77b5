import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { browsers, manifestOf } from '../manifest.config.ts';

const root = new URL('../', import.meta.url);

describe.each(browsers)('the manifest for %s', (browser) => {
  const manifest = manifestOf(browser, '1.2.3') as chrome.runtime.ManifestV3;

  it('asks for these permissions, and no others: the one for containers switches them on for good', () => {
    expect(manifest.permissions).toEqual([
      'cookies',
      'storage',
      'contextMenus',
      'alarms',
      'idle',
      'declarativeNetRequestWithHostAccess',
    ]);
    expect(Object.keys(manifest).filter((key) => /permissions/.test(key))).toEqual([
      'permissions',
      'host_permissions',
      'optional_host_permissions',
      'optional_permissions',
    ]);
  });

  it('asks later, and only who switches on what needs them, for these', () => {
    expect(manifest.optional_host_permissions).toEqual(['*://*.biligame.com/*']);
    expect(manifest.optional_permissions).toEqual(['browsingData']);
    expect(manifest.options_ui).toEqual({
      page: 'src/options/index.html',
      open_in_tab: true,
    });
  });

  it('sees bilibili.com, over HTTP too, and at most biligame.com besides', () => {
    expect(manifest.host_permissions).toEqual(['*://*.bilibili.com/*']);
    expect(manifest).not.toHaveProperty('content_scripts');
    expect(manifest).not.toHaveProperty('externally_connectable');
    expect(manifest).not.toHaveProperty('web_accessible_resources');
    const { content_security_policy: _, ...rest } = manifest;
    expect(JSON.stringify(rest).match(/[\w.*-]*(bili|hdslb)[\w-]*\.(?!ico)\w+/g)).toEqual([
      '*.bilibili.com',
      '*.biligame.com',
    ]);
  });

  it('lets our own scripts run, and the requests of a log-out out, and nothing else', () => {
    expect(manifest.content_security_policy?.extension_pages?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      // With the digests that the build adds.
      'style-src',
      'img-src https://*.hdslb.com',
      "connect-src 'self' https://passport.bilibili.com https://api.bilibili.com https://biligame.com https://*.biligame.com",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it('names the shortcut', () => {
    expect(manifest.commands).toEqual({
      'log-out': {
        suggested_key: { default: 'Alt+Shift+L' },
        description: '__MSG_commandLogOut__',
      },
      _execute_action: {},
    });
  });

  it('has the version that it is given', () => {
    expect(manifest).toMatchObject({ manifest_version: 3, version: '1.2.3', default_locale: 'en' });
  });

  it('names files that are there', () => {
    const icons = [
      ...Object.values(manifest.icons ?? {}),
      ...Object.values(manifest.action?.default_icon ?? {}),
    ];
    expect(icons).toHaveLength(5);
    for (const icon of icons) expect(existsSync(new URL(`public/${icon}`, root))).toBe(true);
    for (const page of [manifest.action?.default_popup, manifest.options_ui?.page]) {
      expect(page).toMatch(/^src\/\w+\/index\.html$/);
      expect(existsSync(new URL(page ?? '', root))).toBe(true);
    }
  });
});

it('Chromium from 120, a worker, and a context of its own when incognito', () => {
  expect(manifestOf('chromium', '1')).toMatchObject({
    minimum_chrome_version: '120',
    incognito: 'split',
    storage: { managed_schema: 'managed-schema.json' },
    background: { service_worker: 'src/background/index.ts', type: 'module' },
  });
});

it('Firefox from 140, an event page, and no split incognito, which it does not know', () => {
  const manifest = manifestOf('firefox', '1');
  expect(manifest).toMatchObject({
    browser_specific_settings: { gecko: { strict_min_version: '140.0' } },
    background: { scripts: ['src/background/index.ts'], type: 'module' },
  });
  // With it, Mozilla would offer the add-on for Firefox for Android, where nobody has tried it.
  expect(JSON.stringify(manifest)).not.toContain('android');
  expect(manifest).not.toHaveProperty('incognito');
  expect(manifest).not.toHaveProperty('storage');
  expect(manifest).not.toHaveProperty('minimum_chrome_version');
});

it('Firefox knows it by an id that never changes', () => {
  expect(manifestOf('firefox', '1')).toMatchObject({
    browser_specific_settings: { gecko: { id: '{7186ee8b-83d3-4750-b84c-3b57a289e701}' } },
  });
});
