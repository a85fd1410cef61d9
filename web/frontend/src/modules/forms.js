// Forms: counted characters, sent once, changes not lost, Ctrl/⌘+Enter for the primary action.
import { make } from './dom.js';
import { bind } from './mount.js';
import { say } from './words.js';

/** [data-limit="N"]: counts characters (code points) as one types. */
function count(field) {
  const output = make('output', { class: 'field-count', for: field.id });
  const limit = Number(field.dataset.limit);
  const show = () => {
    const length = [...field.value].length;
    output.textContent = say(length > limit ? 'over' : 'characters', { count: length, limit, over: length - limit });
    output.toggleAttribute('data-over', length > limit);
  };
  field.after(output);
  field.addEventListener('input', show);
  show();
}

/** Lets a POST form go once; a page that comes back from the history may send again. */
function sendOnce(form) {
  const free = () => {
    delete form.dataset.sent;
    form.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy'));
  };
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    if ('sent' in form.dataset) { event.preventDefault(); return; }
    form.dataset.sent = '';
    event.submitter?.setAttribute('aria-busy', 'true');
  });
  window.addEventListener('pageshow', free);
  form.addEventListener('htmx:finally:request', free);
}

/** form[data-unsaved]: asks before a changed form is left; data-unsaved-note shows it in words, and what has data-when-changed shows. */
function guard(form) {
  const state = () => new URLSearchParams(new FormData(form)).toString();
  const before = state();
  const note = form.querySelector('[data-unsaved-note]');
  const changed = () => !('sent' in form.dataset) && state() !== before;
  form.addEventListener('input', () => {
    if (note) note.textContent = changed() ? say('unsaved') : '';
    for (const element of document.querySelectorAll('[data-when-changed]')) element.hidden = !changed();
  });
  window.addEventListener('beforeunload', (event) => { if (form.isConnected && changed()) event.preventDefault(); });
}

/** Finds the primary action of the form with focus, else of the page. */
function primary() {
  const form = document.activeElement?.closest('form');
  return form?.querySelector('[data-primary]') ?? document.querySelector('dialog[open] [data-primary], [data-primary]');
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  const action = primary();
  if (action && !action.disabled) { event.preventDefault(); action.click(); }
});

bind('[data-limit]', count);
bind('form[method="post" i]:not([data-again])', sendOnce);
bind('form[data-unsaved]', guard);
