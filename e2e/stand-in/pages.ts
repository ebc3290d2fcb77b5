const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

// The empty icon keeps browsers from asking for /favicon.ico, which would show up among the
// recorded requests at moments nobody chose.
const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; }</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;

/** The page a person without a session sees; the exit endpoint sends the same. */
export const loginPage = (): string =>
  page('Log in', '<form id="login"><input name="username"><input name="password"></form>');

/** A page of the site; `uid` is that of the live session it was asked with, if any. */
export function sitePage(host: string, uid: string | undefined): string {
  const account = `<p id="account">${escapeHtml(uid ?? '')}</p>`;
  const content =
    host === 'www.bilibili.com'
      ? '\n<p id="text">A page with some text.</p>\n<p><a id="link" href="/video">A link</a></p>'
      : '';
  return page(`Stand-in for ${host}`, account + content);
}

/** A small page that only says something. */
export const notePage = (title: string, text: string): string =>
  page(title, `<p id="note">${escapeHtml(text)}</p>`);

/** A round avatar. */
export const avatar = (): string =>
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">' +
  '<circle cx="32" cy="32" r="32" fill="#5b8def"/></svg>';
