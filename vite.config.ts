import { crx } from '@crxjs/vite-plugin';
import { defineConfig } from 'vite';
import { type BrowserName, browsers, manifestOf } from './manifest.config.ts';
import metadata from './package.json' with { type: 'json' };

/** One build for each browser: `vite build --mode chromium`, `vite build --mode firefox`. */
export default defineConfig(({ mode }) => {
  const browser: BrowserName = browsers.find((name) => name === mode) ?? 'chromium';
  return {
    plugins: [
      crx({
        manifest: manifestOf(browser, metadata.version),
        browser: browser === 'firefox' ? 'firefox' : 'chrome',
      }),
    ],
    build: {
      outDir: `dist/${browser}`,
      // The oldest Chromium that the manifest admits.
      target: browser === 'firefox' ? 'firefox140' : 'chrome120',
    },
  };
});
