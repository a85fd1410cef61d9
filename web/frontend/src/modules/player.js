// [data-player] around an <audio>: play/pause, seek bar, speed, m:ss.  Counts what was really heard.
// When the sound cannot be had it says what the server says, and a polled region around it looks again at once.
// With data-quiet it is one button until it is first played.
import { icon, make } from './dom.js';
import { bind } from './mount.js';
import { language, say } from './words.js';

const SPEEDS = [0.75, 1, 1.25, 1.5];
const NEEDED = 0.9;
const STEP_S = 2;

/** Returns milliseconds as m:ss. */
export function clock(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Returns how many ms of `audio` were played, each moment counted once. */
export function heardMs(audio) {
  let seconds = 0;
  for (let i = 0; i < audio.played.length; i += 1) seconds += audio.played.end(i) - audio.played.start(i);
  return Math.round(seconds * 1000);
}

function setup(box) {
  const audio = box.querySelector('audio');
  const parts = controls(box);
  const length = () => (Number.isFinite(audio.duration) ? audio.duration * 1000 : Number(box.dataset.durationMs) || 0);
  audio.controls = false;
  audio.hidden = true;
  box.append(parts.play, parts.passed, parts.seek, parts.total, parts.speed, parts.note);
  const show = () => {
    parts.passed.textContent = clock(audio.currentTime * 1000);
    parts.total.textContent = clock(length());
    parts.seek.max = Math.round(length());
    parts.seek.value = Math.round(audio.currentTime * 1000);
    parts.seek.setAttribute('aria-valuetext', `${parts.passed.textContent} / ${parts.total.textContent}`);
  };
  show();
  listen(box, audio, parts, show);
  if ('quiet' in box.dataset) beQuiet(audio, parts, length());
  if (box.dataset.heardInput) listenHeard(box, audio, parts, length);
}

function controls(box) {
  const name = box.dataset.label ?? '';
  return {
    play: make('button', { type: 'button', class: 'player-play', 'aria-label': `${say('play')} ${name}`.trim() }, icon('player-play')),
    passed: make('span', { class: 'player-time' }),
    seek: make('input', { type: 'range', class: 'player-seek', min: 0, step: 'any', 'aria-label': `${say('seek')} ${name}`.trim() }),
    total: make('span', { class: 'player-time' }),
    speed: speeds(),
    note: make('p', { class: 'player-note', role: 'status', hidden: '' }),
  };
}

/** Returns the list of speeds. */
function speeds() {
  const options = SPEEDS.map((speed) => make('option', speed === 1 ? { value: speed, selected: '' } : { value: speed }, `${decimal(speed)}×`));
  return make('select', { class: 'player-speed', 'aria-label': say('speed'), 'data-keep': '' }, ...options);
}

const decimal = (number) => (language === 'vi' ? String(number).replace('.', ',') : String(number));

function listen(box, audio, parts, show) {
  const name = box.dataset.label ?? '';
  const face = (state) => {
    parts.play.replaceChildren(icon(state === 'pause' ? 'player-pause' : 'player-play'));
    parts.play.setAttribute('aria-label', `${say(state)} ${name}`.trim());
  };
  parts.play.addEventListener('click', () => (audio.paused ? audio.play().catch(() => wrong(audio, parts)) : audio.pause()));
  parts.seek.addEventListener('input', () => { audio.currentTime = parts.seek.value / 1000; });
  if (!box.dataset.peaks) parts.seek.addEventListener('keydown', (event) => key(event, audio, parts));
  parts.speed.addEventListener('change', () => { audio.playbackRate = Number(parts.speed.value); });
  audio.addEventListener('play', () => { face('pause'); pauseOthers(audio); });
  audio.addEventListener('pause', () => face('play'));
  audio.addEventListener('error', () => wrong(audio, parts));
  for (const event of ['timeupdate', 'loadedmetadata', 'seeked', 'ended']) audio.addEventListener(event, show);
}

/** On the bar: space plays or pauses, an arrow goes two seconds. */
function key(event, audio, { play, seek }) {
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
  if (event.key === ' ') play.click();
  else if (by) audio.currentTime = Math.min(Math.max(0, audio.currentTime + by * STEP_S), seek.max / 1000);
  else return;
  event.preventDefault();
}

/** Shows only a button with the length, until the sound is played. */
function beQuiet(audio, { play, passed, seek, total, speed }, length) {
  const rest = [passed, seek, total, speed];
  const words = make('span', { class: 'player-words' }, `${say('play')} `, make('span', { class: 'player-time' }, clock(length)));
  const hide = (hidden) => rest.forEach((part) => { part.hidden = hidden; });
  hide(true);
  play.after(words);
  words.addEventListener('click', () => play.click());
  audio.addEventListener('play', () => { words.remove(); hide(false); }, { once: true });
}

function pauseOthers(audio) {
  for (const other of document.querySelectorAll('[data-player] audio')) if (other !== audio) other.pause();
}

/** Says why the sound cannot be had, in the server's words when it has some. */
async function wrong(audio, { note }) {
  if ('wrong' in note.dataset) return;
  note.hidden = false;
  note.dataset.wrong = '';
  note.textContent = (await told(audio.src)) || say('soundFailed');
  audio.dispatchEvent(new Event('stale', { bubbles: true }));
}

async function told(url) {
  try {
    const answer = await fetch(url, { credentials: 'same-origin', headers: { 'HX-Request': 'true' } });
    if (answer.ok || !answer.headers.get('Content-Type')?.includes('html')) return '';
    return new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.flash')?.textContent.trim();
  } catch {
    return '';
  }
}

/** Writes ms heard into the input named by data-heard-input; frees data-heard-enables at 90 % of what the server counts. */
function listenHeard(box, audio, parts, length) {
  const form = box.closest('form');
  const input = form?.elements[box.dataset.heardInput] ?? document.querySelector(`[name="${box.dataset.heardInput}"]`);
  const button = box.dataset.heardEnables && document.querySelector(box.dataset.heardEnables);
  const report = () => {
    if (!box.isConnected) return; // replaced while it played: what it tells last is of another sound
    const heard = heardMs(audio);
    const whole = Number(box.dataset.durationMs) || length();
    const share = whole ? heard / whole : 0;
    if (input) input.value = heard;
    if (button) button.disabled = share < NEEDED;
    if ('wrong' in parts.note.dataset) return;
    parts.note.hidden = false;
    const words = share < NEEDED ? say('heard', { percent: Math.floor(share * 100), needed: NEEDED * 100 }) : say('heardEnough');
    if (parts.note.textContent !== words) parts.note.textContent = words;
  };
  for (const event of ['timeupdate', 'pause', 'ended', 'loadedmetadata']) audio.addEventListener(event, report);
  report();
}

bind('[data-player]', setup);
