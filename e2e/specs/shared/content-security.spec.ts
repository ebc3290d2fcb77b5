import { expect, logIn, openLoggedIn, test } from '../../fixtures.ts';

test('a page of ours has its styles and its avatar, and can load nothing else', async ({
  extension,
  standIn,
}) => {
  const popup = await openLoggedIn(extension, await logIn(extension, standIn));
  const shown = await popup.page.evaluate(async () => {
    // The browser has a policy of its own for scripts, and tells of both.
    const refused = new Set<string>();
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
      refused.add(`${effectiveDirective} ${blockedURI}`),
    );
    const done = (one: HTMLElement) =>
      new Promise((resolve) => {
        one.addEventListener('load', resolve);
        one.addEventListener('error', resolve);
      });
    const avatar = document.querySelector('img') as HTMLImageElement;
    if (!avatar.complete) await done(avatar);
    await fetch('https://www.bilibili.com/').catch(() => undefined);
    const image = new Image();
    const script = document.createElement('script');
    const frame = document.createElement('iframe');
    image.src = 'https://www.bilibili.com/picture';
    script.src = 'https://passport.bilibili.com/script';
    frame.src = 'https://www.bilibili.com/';
    document.head.append(script, frame);
    document.head.append(Object.assign(document.createElement('style'), { textContent: '*{}' }));
    while (refused.size < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    return {
      rules: [...document.styleSheets].map(({ cssRules }) => cssRules.length > 10),
      hasAvatar: avatar.naturalWidth > 0,
      refused: [...refused].sort(),
    };
  }, null);
  expect(shown).toEqual({
    rules: [true],
    hasAvatar: true,
    refused: [
      expect.stringContaining('connect-src https://www.bilibili.com'),
      expect.stringContaining('frame-src https://www.bilibili.com'),
      expect.stringContaining('img-src https://www.bilibili.com'),
      expect.stringContaining('script-src-elem https://passport.bilibili.com'),
      expect.stringContaining('style-src-elem inline'),
    ],
  });
});
