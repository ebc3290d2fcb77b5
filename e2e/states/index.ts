// Every state beside each other, each in a frame: the styles are for a whole page.
import { languages, translatorTo } from './catalogues.ts';
import { prepare, show } from './show.tsx';
import { states } from './states.ts';

// What was chosen is in the address, and so outlives a reload.
const parameters = new URLSearchParams(location.search);
const form = document.querySelector('form');
form?.addEventListener('change', () => form.requestSubmit());

/** The value of a control, set to what the address says. */
function chosen(name: string, options: readonly string[] = []): string {
  const control = form?.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  control.append(...options.map((option) => new Option(option)));
  control.value = parameters.get(name) ?? options[0] ?? '';
  return control.value;
}

const language = chosen('language', languages);
const theme = chosen('theme', ['light', 'dark']);
const part = chosen('part');
const t = translatorTo(language);
document.documentElement.style.colorScheme = theme;

for (const name of Object.keys(states)) {
  if (name.includes(part)) addFrame(name);
}

function addFrame(name: string): void {
  const link = document.createElement('a');
  link.href = `state.html?${new URLSearchParams({ language, theme })}#${name}`;
  link.append(name);
  const frame = document.createElement('iframe');
  frame.title = name;
  frame.srcdoc = '<!doctype html><meta name="color-scheme" content="light dark" />';
  frame.addEventListener('load', () => fill(frame, name));
  const section = document.createElement('section');
  section.append(link, frame);
  document.querySelector('main')?.append(section);
}

function fill(frame: HTMLIFrameElement, name: string): void {
  const { contentDocument: page, contentWindow: view } = frame;
  if (!page || !view) return;
  // Among many none takes the focus, which would also scroll to it.
  Reflect.get(view, 'HTMLElement').prototype.focus = () => {};
  new ResizeObserver(() => {
    frame.style.height = `${page.body.offsetHeight}px`;
  }).observe(page.body);
  prepare(page, theme);
  void show(page, name, t);
}
