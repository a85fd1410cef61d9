// Changes a text for its author so that he can take it back: by Ctrl+Z, in the text and in the reading beside
// it, and by the button of the note that says what was changed.
import { make } from './dom.js';
import { say } from './words.js';

const LABEL = /(?<![\p{L}\d])(?:số\s+)?(?:điện thoại|di động|đường dây nóng|hotline|s?đt(?:dđ)?|tel|căn cước(?: công dân)?|cccd|cmnd|cmt|số tài khoản|stk|e-?mail)(?:\s+số)?\s*[:.]?\s*$/iu;

/** Gives from where to where to cut when `from`–`to` goes: its label, empty brackets and doubled marks go with it. */
export function cutting(text, from, to) {
  let [before, after] = [text.slice(0, from).replace(LABEL, ''), text.slice(to)];
  if (/\(\s*$/.test(before) && /^\s*\)/.test(after)) [before, after] = [before.replace(/\(\s*$/, ''), after.replace(/^\s*\)/, '')];
  if (/^\s*(?:[.,;:!?\n]|$)/.test(after)) before = before.replace(/[ \t,;:]+$/, '');
  else if (/\s$/.test(before)) after = after.replace(/^[ \t]+/, '');
  if (/(?:^|[.!?\n])\s*$/.test(before)) after = after.replace(/^[ \t]*[,;:][ \t]*/, '');
  return [before.length, text.length - after.length];
}

function put(area, from, to, words) {
  area.focus();
  area.setSelectionRange(from, to);
  const done = words ? document.execCommand('insertText', false, words) : document.execCommand('delete');
  if (done) return;
  area.setRangeText(words, from, to, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

function takeBack(area) {
  area.focus();
  document.execCommand('undo');
}

/** Says what was changed, with the way back, until the text is changed again. */
function tell(area, was, words) {
  const note = document.querySelector('[data-rewritten]');
  const undo = make('button', { type: 'button', class: 'btn btn-sm' }, say('undo'));
  undo.addEventListener('click', () => takeBack(area));
  note.replaceChildren(make('span', {}, words ? say('replaced', { was, words }) : say('removed', { was })), undo);
  area.addEventListener('input', () => note.replaceChildren(), { once: true });
}

/** Puts `words` in place of what stands at `from`–`to`; without words that goes, with what it leaves dangling. */
export function rewrite(area, from, to, words) {
  const [start, end] = words ? [from, to] : cutting(area.value, from, to);
  const was = area.value.slice(start, end).trim();
  put(area, start, end, words);
  tell(area, was, words);
}

document.addEventListener('keydown', (event) => {
  const area = event.target.closest?.('[data-takes-back]') && document.querySelector('textarea[data-reading-url]');
  if (!area || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== 'z' || event.target.matches('input')) return;
  event.preventDefault();
  takeBack(area);
});
