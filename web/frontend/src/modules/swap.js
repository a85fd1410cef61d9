// Puts a fragment of the server into the page: only what differs changes, so focus and scroll stay, and what was folded (details with an id).
import htmx from 'htmx.org';
import { mount } from './mount.js';

/** Makes the inside of `element` equal to `html`. */
export async function swapInside(element, html) {
  const folds = [...element.querySelectorAll('details[id]')].map(({ id, open }) => [id, open]);
  await htmx.swap({ sourceElement: element, target: element, text: html, swap: 'innerMorph' });
  for (const [id, open] of folds) document.getElementById(id)?.toggleAttribute('open', open);
  mount(element);
}

/** Fetches a fragment; throws when the server is away or answers with an error. */
export async function fetchFragment(url, options = {}) {
  const headers = { 'HX-Request': 'true', ...options.headers };
  const answer = await fetch(url, { credentials: 'same-origin', ...options, headers });
  if (answer.redirected || answer.status === 401) window.location.reload();
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.text();
}
