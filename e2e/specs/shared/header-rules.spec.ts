import { expect, gate, layCookies, logIn, test } from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';

test('our headers are on our own requests alone: a page that sends the same gets none of them', async ({
  extension,
  standIn,
}) => {
  // The browser presents this one, and a rule the other one.
  const session = await logIn(extension, standIn);
  const hidden = standIn.createSession();
  await layCookies(extension, hidden, { url: 'https://www.bilibili.com/' });
  const page = await extension.visit('https://passport.bilibili.com/login');
  const popup = await openPopup(extension);
  await popup.waitFor({ view: 'logged-in' });
  const [first, second] = [gate(), gate()];
  const madeUp = { 'x-attached': 'made up by the server' };
  standIn.script('exit', { hold: first.hold }, {}, { hold: second.hold, headers: madeUp });
  await popup.press('log-out');

  const headersOf = (request: (typeof standIn.requests)[number] | undefined) => {
    const { origin, referer, cookie } = request?.headers ?? {};
    return { origin, referer, cookie };
  };
  /** While one of ours waits for its answer, the page sends what it has sent. */
  const imitate = async (count: number) => {
    const ours = (await standIn.waitForRequests('exit', count)).at(-1);
    const mark = await page.evaluate(async (query) => {
      const url = `https://passport.bilibili.com/login/exit/v2${query && `?${query}`}`;
      const { headers } = await fetch(url, { method: 'POST', credentials: 'omit' });
      return headers.get('x-attached');
    }, ours?.query);
    const theirs = standIn.requestsTo('exit').at(-1);
    expect(theirs?.query).toBe(ours?.query);
    return { mark, headers: [ours, theirs].map(headersOf) };
  };
  const site = { origin: 'https://www.bilibili.com', referer: 'https://www.bilibili.com/' };
  const theirs = {
    origin: 'https://passport.bilibili.com',
    referer: 'https://passport.bilibili.com/login',
    cookie: undefined,
  };

  expect(await imitate(1)).toEqual({
    mark: null,
    headers: [{ ...site, cookie: expect.stringContaining(session.sessdata) }, theirs],
  });
  first.open();
  expect(await imitate(3)).toEqual({
    mark: null,
    headers: [{ ...site, cookie: expect.stringContaining(hidden.sessdata) }, theirs],
  });
  // The mark that the server has made up is replaced by ours, or the answer would not be believed.
  second.open();
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect([session.alive, hidden.alive]).toEqual([false, false]);
});
