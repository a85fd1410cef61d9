// data-opens="#dialog", data-closes, and `?` for the list of keys (dialog[data-keys]).
// data-shortcut="n" on a link or button: the key presses it; the list shows it by itself.
import { make } from './dom.js';

const typing = () => document.activeElement?.closest('input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]');

function label(element) {
  return element.dataset.shortcutLabel ?? element.getAttribute('aria-label') ?? element.textContent.trim().replace(/\s+/g, ' ');
}

/** Opens the list of keys, with the page's own shortcuts in it. */
function showKeys() {
  const dialog = document.querySelector('dialog[data-keys]');
  const list = dialog?.querySelector('dl');
  if (!list || dialog.open) return;
  list.querySelectorAll('[data-found]').forEach((row) => row.remove());
  for (const element of document.querySelectorAll('[data-shortcut]')) {
    const key = make('dt', { 'data-found': '' }, make('kbd', {}, element.dataset.shortcut.toUpperCase()));
    list.append(key, make('dd', { 'data-found': '' }, label(element)));
  }
  dialog.showModal();
}

function press(key) {
  const shortcut = `[data-shortcut="${CSS.escape(key.toLowerCase())}"]`;
  const open = document.querySelector('dialog[open]');
  const found = [...(open ?? document).querySelectorAll(shortcut)].find((element) => element.checkVisibility());
  if (!found || found.disabled) return false;
  if (found.matches('input:not([type=submit]), textarea, select')) found.focus();
  else found.click();
  return true;
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing()) return;
  if (event.key === '?') showKeys();
  else if (event.key.length !== 1 || !press(event.key)) return;
  event.preventDefault();
});

document.addEventListener('click', (event) => {
  const opener = event.target.closest?.('[data-opens]');
  const closer = event.target.closest?.('[data-closes]');
  if (opener) document.querySelector(opener.dataset.opens)?.showModal();
  if (closer) closer.closest('dialog')?.close();
  if (event.target.matches?.('dialog[data-keys]')) event.target.close();
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && document.querySelector('details[data-menu][open]');
  if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
});
