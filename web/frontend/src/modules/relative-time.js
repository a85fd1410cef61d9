// <time datetime data-relative>: adds how far away the instant is, when it is near.
import { bind } from './mount.js';
import { language, say } from './words.js';

const NEAR_SECONDS = 12 * 3600;
const TICK_MS = 15_000;
// The centre's clock counts, not this computer's.
const told = document.documentElement.dataset.now;
const ahead = told ? Date.parse(told) - Date.now() : 0;
const words = new Intl.RelativeTimeFormat(language, { numeric: 'always' });

/** Returns "2 phút nữa" for `seconds` from now, or '' when that is far. */
export function relative(seconds) {
  const distance = Math.abs(seconds);
  if (distance > NEAR_SECONDS) return '';
  if (distance < 30) return say('soon');
  if (distance < 3570) return phrase(Math.sign(seconds) * Math.max(1, Math.round(distance / 60)), 'minute');
  return phrase(Math.sign(seconds) * Math.round(distance / 3600), 'hour');
}

// The browser's Vietnamese says "sau 2 phút nữa"; people say "2 phút nữa".
function phrase(amount, unit) {
  return words.format(amount, unit).replace(/^sau /, '');
}

function show(time) {
  const said = relative((Date.parse(time.dateTime) - Date.now() - ahead) / 1000);
  const place = time.dataset.relative === 'only' ? time : time.nextElementSibling;
  if (place === time) time.textContent = said || time.title || time.textContent;
  else if (place?.matches('[data-relative-text]')) place.textContent = said && `(${said})`;
  // The blank stands outside: an inline block would swallow it.
  else if (said) time.after(' ', holder(`(${said})`));
}

function holder(text) {
  const span = document.createElement('span');
  span.className = 'hint';
  span.dataset.relativeText = '';
  span.textContent = text;
  return span;
}

bind('time[data-relative]', show);
setInterval(() => document.querySelectorAll('time[data-relative]').forEach(show), TICK_MS);
