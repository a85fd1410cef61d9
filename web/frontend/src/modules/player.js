// [data-player] around an <audio>: play/pause, seek bar, speed, m:ss.  Counts what was really heard.
// With data-quiet it is one button until it is first played.
import { icon, make } from './dom.js';
import { bind } from './mount.js';
import { say } from './words.js';

const SPEEDS = [1, 1.25, 1.5, 0.75];
const NEEDED = 0.9;

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
    speed: make('button', { type: 'button', class: 'player-speed', 'aria-label': `${say('speed')} 1×` }, '1×'),
    note: make('p', { class: 'player-note', role: 'status', hidden: '' }),
  };
}

function listen(box, audio, parts, show) {
  const name = box.dataset.label ?? '';
  const face = (state) => {
    parts.play.replaceChildren(icon(state === 'pause' ? 'player-pause' : 'player-play'));
    parts.play.setAttribute('aria-label', `${say(state)} ${name}`.trim());
  };
  parts.play.addEventListener('click', () => (audio.paused ? audio.play().catch(() => wrong(parts)) : audio.pause()));
  parts.seek.addEventListener('input', () => { audio.currentTime = parts.seek.value / 1000; });
  parts.speed.addEventListener('click', () => quicken(audio, parts.speed));
  audio.addEventListener('play', () => { face('pause'); pauseOthers(audio); });
  audio.addEventListener('pause', () => face('play'));
  audio.addEventListener('error', () => wrong(parts));
  for (const event of ['timeupdate', 'loadedmetadata', 'seeked', 'ended']) audio.addEventListener(event, show);
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

function quicken(audio, button) {
  audio.playbackRate = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
  button.textContent = `${String(audio.playbackRate).replace('.', ',')}×`;
  button.setAttribute('aria-label', `${say('speed')} ${button.textContent}`);
}

function pauseOthers(audio) {
  for (const other of document.querySelectorAll('[data-player] audio')) if (other !== audio) other.pause();
}

function wrong({ note }) {
  note.hidden = false;
  note.dataset.wrong = '';
  note.textContent = say('soundFailed');
}

/** Writes ms heard into the input named by data-heard-input; frees data-heard-enables at 90 %. */
function listenHeard(box, audio, parts, length) {
  const form = box.closest('form');
  const input = form?.elements[box.dataset.heardInput] ?? document.querySelector(`[name="${box.dataset.heardInput}"]`);
  const button = box.dataset.heardEnables && document.querySelector(box.dataset.heardEnables);
  const report = () => {
    const heard = heardMs(audio);
    const share = length() ? heard / length() : 0;
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
