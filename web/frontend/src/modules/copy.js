// button[data-copy="text"] or [data-copy-from="#element"]: copies, and says so in the button.
import { bind } from './mount.js';
import { say } from './words.js';

const SHOWN_MS = 2000;

function text({ copy, copyFrom }) {
  const source = copyFrom && document.querySelector(copyFrom);
  return copy ?? source?.value ?? source?.textContent.trim() ?? '';
}

bind('[data-copy], [data-copy-from]', (button) => {
  button.setAttribute('aria-live', 'polite');
  button.addEventListener('click', async () => {
    const before = [...button.childNodes];
    const done = await navigator.clipboard.writeText(text(button.dataset)).then(() => true, () => false);
    button.replaceChildren(say(done ? 'copied' : 'copyFailed'));
    setTimeout(() => button.replaceChildren(...before), SHOWN_MS);
  });
});
