import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const repository = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, repository), 'utf8');

it.each([
  {
    page: 'docs/endings.md',
    language: 'en',
    quotation: /\*\*(.+?)\*\*|(?<![\w`])_([^_]+?)_(?!\w)/g,
  },
  { page: 'docs/endings.zh-CN.md', language: 'zh_CN', quotation: /\*\*(.+?)\*\*|“(.+?)”/g },
])('$page quotes what the popup says', ({ page, language, quotation }) => {
  const catalogue: Record<string, { message: string }> = JSON.parse(
    read(`public/_locales/${language}/messages.json`),
  );
  const messages = Object.values(catalogue).map(({ message }) => message.replace(/\$\w+\$/g, '…'));
  // A line of prose goes on in the next one; a row of a table does not.
  const text = read(page).replace(/(?<!\n)\n(?![\n|#-])/g, language === 'en' ? ' ' : '');
  const quoted = [...text.matchAll(quotation)].map(([, title, row]) => title ?? row ?? '');
  expect(quoted.length).toBeGreaterThan(25);
  const isSaid = (words: string) => messages.some((message) => message.includes(words));
  expect(quoted.filter((words) => !isSaid(words.replace(/[.。]$/, '')))).toEqual([]);
});
