// The author's answers to a reading, kept as JSON in the form's hidden fields `corrections` (pairs of
// written and spoken), `places` (single places with their words) and `meant`: a press on data-correct,
// data-uncorrect, data-unplace, data-meant, data-unmeant changes them; data-replace with data-start, data-end
// changes the text.  [data-told] says why a piece is read so.
import { rewrite } from './rewrite.js';
import { fetchFragment } from './swap.js';
import { say } from './words.js';

const area = () => document.querySelector('textarea[data-reading-url]');

/** The field of the text's form. */
export const field = (name) => area().form.elements[name];

/** The corrections as a Map of written to spoken. */
export const corrections = () => new Map(JSON.parse(field('corrections').value));

function keep(name, values) {
  field(name).value = JSON.stringify([...values]);
  field(name).dispatchEvent(new Event('change', { bubbles: true }));
  field(name).dispatchEvent(new Event('input', { bubbles: true }));
}

/** Keeps how a form is said in this text; without words the form is read by the rules again. */
export function correct(written, spoken) {
  const now = corrections();
  if (spoken) now.set(written, spoken);
  else now.delete(written);
  keep('corrections', now);
}

/** The place that an element's data name, as the server knows it. */
export const placeOf = ({ written, before, after, nth, of }) => ({ written, before, after, nth: Number(nth), of: Number(of) });

/** Keeps how one place is said; without words it is read like the others again. */
export function correctPlace(place, spoken) {
  const others = JSON.parse(field('places').value).filter((kept) => Object.keys(place).some((name) => kept[name] !== place[name]));
  keep('places', spoken ? [...others, { ...place, spoken }] : others);
}

function mean(written, on) {
  const now = new Set(JSON.parse(field('meant').value));
  if (on) now.add(written);
  else now.delete(written);
  keep('meant', now);
}

/** Puts other words in place of code points `start` to `end` of the text. */
function replace({ start, end, replace: words }) {
  const points = [...area().value];
  const [from, to] = [start, end].map((at) => points.slice(0, Number(at)).join('').length);
  rewrite(area(), from, to, words);
}

/** Asks the server at `url` whether words can be said for a form; gives what is wrong, or ''. */
async function problemOf(url, written, spoken) {
  const body = new URLSearchParams({ csrf_token: field('csrf_token').value, scope: 'bulletin', written, spoken });
  const shown = document.createElement('template');
  shown.innerHTML = await fetchFragment(url, { method: 'POST', body });
  return shown.content.querySelector('[data-problem]')?.textContent.trim() ?? '';
}

/** Keeps what was typed beside a warning, or tells there what is wrong with it. */
async function ask({ correct: written, asks, asksAt }, region) {
  const typed = document.getElementById(asks);
  const spoken = typed.value.trim();
  const problem = await problemOf(asksAt, written, spoken).catch(() => say('checkFailed'));
  const note = document.getElementById(`${asks}-error`);
  note.textContent = problem;
  note.hidden = !problem;
  typed.setAttribute('aria-invalid', String(Boolean(problem)));
  if (problem) return typed.focus();
  correct(written, spoken);
  region?.focus();
}

function answer(button) {
  const { correct: written, spoken, uncorrect, unplace, meant, unmeant } = button.dataset;
  if (written !== undefined) correct(written, spoken);
  else if (uncorrect !== undefined) correct(uncorrect, '');
  else if (unplace !== undefined) correctPlace(placeOf(button.dataset), '');
  else if (meant !== undefined) mean(meant, true);
  else if (unmeant !== undefined) mean(unmeant, false);
  else replace(button.dataset);
  button.closest('[role=region]')?.focus();
}

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-correct], [data-uncorrect], [data-unplace], [data-meant], [data-unmeant], [data-replace]');
  if (!button || !area()) return;
  if (button.dataset.asksAt) ask(button.dataset, button.closest('[role=region]'));
  else answer(button);
});

// Enter in a small question answers it, and does not send the bulletin.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches?.('[data-ask]')) return;
  event.preventDefault();
  event.target.parentElement.querySelector('[data-asks-at]').click();
});

// A piece of the reading stands in the line, so it is no <button>; Enter and Space press it all the same.
document.addEventListener('keydown', (event) => {
  if (![' ', 'Enter'].includes(event.key) || !event.target.matches?.('.changed[role=button]')) return;
  event.preventDefault();
  if (!event.repeat) event.target.click();
});

function tell(event) {
  const piece = event.target.closest?.('.changed[data-why]');
  const told = piece?.closest('.spoken')?.querySelector('[data-told]');
  if (!told) return;
  const { written, said, why } = piece.dataset;
  told.hidden = false;
  told.textContent = `${written || '↵'} → ${said || say('unsaid')} · ${why}`;
}

for (const type of ['pointerover', 'focusin', 'click']) document.addEventListener(type, tell);
