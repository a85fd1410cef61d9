// form[data-lexicon="URL"]: shows in its [data-preview] what an entry would do, while one types.
// dialog#correct: a press on a piece of the reading opens it; it corrects that place, this text or the lexicon.
// A press on data-to-lexicon, the start of a piece, opens it for the lexicon with the words of its data-asks.
import { corrections, correct, correctPlace, field, placeOf } from './answers.js';
import { bind, mount } from './mount.js';
import { fetchFragment } from './swap.js';
import { say } from './words.js';

const DEBOUNCE_MS = 300;
const AROUND = 120;
const HERE = ['bulletin', 'place'];

/** Shows the answer of the server in the form's preview; gives whether it found nothing wrong. */
function show(form, html) {
  const place = form.querySelector('[data-preview]');
  place.innerHTML = html;
  mount(place);
  return !place.querySelector('[data-problem]');
}

async function look(form) {
  const body = new URLSearchParams(new FormData(form));
  form.looking?.abort();
  form.looking = new AbortController();
  const html = await fetchFragment(form.dataset.lexicon, { method: 'POST', body, signal: form.looking.signal });
  return show(form, html);
}

/** Previews, and says so when the server is away. */
async function preview(form) {
  const note = form.querySelector('[data-preview-note]');
  if (!form.elements.written.value.trim() || !form.elements.spoken.value.trim()) return;
  try {
    await look(form);
    note.textContent = '';
  } catch (error) {
    if (error.name !== 'AbortError') note.textContent = say('previewFailed');
  }
}

bind('form[data-lexicon]', (form) => {
  let timer = 0;
  form.addEventListener('input', (event) => {
    if (event.target.closest('[data-preview]')) return;
    clearTimeout(timer);
    timer = setTimeout(() => preview(form), DEBOUNCE_MS);
  });
});

/** The sentence around a piece, for the example, and where the piece starts in it. */
function sentence(text, start, end) {
  const points = [...text];
  const before = points.slice(Math.max(0, start - AROUND), start).join('');
  const after = points.slice(end, end + AROUND).join('');
  const opening = before.split(/(?<=[.!?;])\s+|\n/).at(-1);
  const closing = after.split(/(?<=[.!?;])\s+|\n/)[0];
  return { example: opening + points.slice(start, end).join('') + closing, at: [...opening].length };
}

function open(dialog, piece) {
  const form = dialog.querySelector('form');
  const { written, said, start, end } = piece.dataset;
  for (const part of dialog.querySelectorAll('[data-shows]')) part.textContent = piece.dataset[part.dataset.shows];
  for (const name of ['unit', 'programme', 'corrections', 'meant']) form.elements[name].value = field(name)?.value ?? field('text').dataset.readingUnit;
  Object.assign(dialog.dataset, { start, end, placed: 'placed' in piece.dataset, place: JSON.stringify(placeOf(piece.dataset)) });
  const { example, at } = sentence(field('text').value, Number(start), Number(end));
  for (const [name, value] of Object.entries({ written, example, at })) form.elements[name].value = value;
  form.elements.spoken.value = said;
  form.elements.scope.value = 'placed' in piece.dataset ? 'place' : 'bulletin';
  form.querySelector('[data-preview]').replaceChildren();
  form.querySelector('[data-preview-note]').textContent = '';
  dialog.showModal();
  form.elements.spoken.select();
}

/** Opens the dialog for a piece that is to be said otherwise wherever its unit's lexicon holds. */
function openForLexicon(dialog, { toLexicon: start, asks }) {
  const piece = document.querySelector(`.changed[data-correctable][data-start="${start}"]`);
  if (!piece) return;
  open(dialog, piece);
  const { scope, spoken, unit } = dialog.querySelector('form').elements;
  const wide = [...scope.options].map(({ value }) => value).filter((value) => !HERE.includes(value));
  scope.value = wide.find((value) => value === `unit:${unit.value}`) ?? wide[0] ?? HERE[0];
  spoken.value = document.getElementById(asks).value || spoken.value;
  preview(dialog.querySelector('form'));
}

/** Sends the entry; gives whether it was kept, or else what to look at is shown. */
async function save(form) {
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { 'HX-Request': 'true' } });
  if (answer.status === 204) return true;
  if (answer.status !== 422) throw new Error(`HTTP ${answer.status}`);
  show(form, await answer.text());
  return false;
}

/** Keeps what was decided for one place, for this text, or tells the reading that the lexicon is another. */
function decide(dialog, form) {
  const [written, spoken, scope] = ['written', 'spoken', 'scope'].map((name) => form.elements[name].value.trim());
  const here = scope === 'place';
  if (here || dialog.dataset.placed === 'true') correctPlace(JSON.parse(dialog.dataset.place), here ? spoken : '');
  if (here) return;
  if (scope === 'bulletin' || corrections().has(written)) correct(written, scope === 'bulletin' ? spoken : '');
  else field('text').dispatchEvent(new Event('input', { bubbles: true }));
}

async function settle(dialog, form) {
  const ours = HERE.includes(form.elements.scope.value);
  if (!(ours ? await look(form) : await save(form))) return;
  dialog.close();
  decide(dialog, form);
}

bind('dialog#correct', (dialog) => {
  const form = dialog.querySelector('form');
  document.addEventListener('click', (event) => {
    const piece = event.target.closest?.('.changed[data-correctable]');
    const button = event.target.closest?.('[data-to-lexicon]');
    if (piece) open(dialog, piece);
    else if (button) openForLexicon(dialog, button.dataset);
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await settle(dialog, form).catch(() => { form.querySelector('[data-preview-note]').textContent = say('saveFailed'); });
  });
  dialog.querySelector('[data-find]').addEventListener('click', () => {
    const area = field('text');
    const points = [...area.value];
    const [from, to] = [dialog.dataset.start, dialog.dataset.end].map((at) => points.slice(0, Number(at)).join('').length);
    dialog.close();
    area.focus();
    area.setSelectionRange(from, to);
  });
});
