// [data-player][data-peaks]: the sound drawn, to click and drag in; what is being said is lit in the words.
// data-peaks: 0..100 by commas, each the loudest of a slice; data-timing: JSON [[start ms, end ms, sentence, pass], …].
// The words are elements with data-sentence in [data-words-of] (any number of them): a click plays that sentence.
import { icon, make, makeSvg } from './dom.js';
import { bind } from './mount.js';
import { clock } from './player.js';
import { say } from './words.js';

const BAR = 3;
const HEIGHT = 64;
const STEP_S = 2;

let current = null;

/** Returns the loudest of each of `count` equal stretches of `peaks`. */
function gathered(peaks, count) {
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * peaks.length) / count));
    return Math.max(...peaks.slice(from, to));
  });
}

/** Returns the outline of bars, each `BAR` px wide with its gap, as a path. */
function bars(peaks, width) {
  const tallest = Math.max(1, ...peaks);
  return gathered(peaks, Math.max(1, Math.floor(width / BAR))).map((peak, i) => {
    const half = Math.max(0.75, (peak / tallest) * (HEIGHT / 2 - 2));
    return `M${i * BAR + 1} ${(HEIGHT / 2 - half).toFixed(1)}V${(HEIGHT / 2 + half).toFixed(1)}`;
  }).join('');
}

class Wave {
  constructor(box) {
    this.box = box;
    this.audio = box.querySelector('audio');
    this.range = box.querySelector('.player-seek');
    this.peaks = box.dataset.peaks.split(',').map(Number);
    this.timing = JSON.parse(box.dataset.timing || '[]');
    this.passes = 1 + Math.max(0, ...this.timing.map(([, , , pass]) => pass));
    this.build();
    this.listen();
    this.draw();
    this.show();
    current ??= this;
  }

  build() {
    this.rest = makeSvg('path', { class: 'wave-rest' });
    this.played = makeSvg('path', { class: 'wave-played' });
    this.marks = makeSvg('path', { class: 'wave-marks' });
    this.now = makeSvg('rect', { class: 'wave-now', y: 0, height: HEIGHT, rx: 3 });
    this.past = makeSvg('svg', { height: HEIGHT, width: 0 }, this.played);
    this.needle = makeSvg('line', { class: 'wave-needle', y1: 0, y2: HEIGHT });
    this.picture = makeSvg('svg', { class: 'wave-picture', height: HEIGHT, 'aria-hidden': 'true', focusable: 'false' },
      this.now, this.marks, this.rest, this.past, this.needle);
    this.tip = make('span', { class: 'wave-tip', 'aria-hidden': 'true', hidden: '' });
    this.holder = make('div', { class: 'wave' }, this.picture, this.range, this.tip);
    this.place = make('span', { class: 'wave-place' });
    const [back, on] = this.timing.length > 1 ? [this.stepper(-1), this.stepper(1)] : ['', ''];
    this.box.querySelector('.player-play').before(this.holder);
    this.box.querySelector('.player-play').after(back, on);
    this.box.querySelector('.player-speed').before(this.place);
    this.range.setAttribute('aria-describedby', this.help());
  }

  stepper(by) {
    const name = say(by < 0 ? 'sentenceBefore' : 'sentenceAfter');
    const button = make('button', { type: 'button', class: 'player-step', 'aria-label': name, title: name },
      icon(by < 0 ? 'player-skip-back' : 'player-skip-forward'));
    button.addEventListener('click', () => this.step(by));
    return button;
  }

  /** Adds the words that tell a screen reader the keys; returns their id. */
  help() {
    const id = `${this.box.id || 'player'}-keys`;
    this.box.append(make('span', { class: 'visually-hidden', id }, say('waveKeys')));
    return id;
  }

  get ms() { return this.audio.currentTime * 1000; }

  get length() { return Number(this.range.max) || Number(this.box.dataset.durationMs) || 1; }

  /** Returns the index in `timing` of what is said at `ms`: in a pause, of what was said last. */
  at(ms) {
    return this.timing.findLastIndex(([start]) => start <= ms + 1);
  }

  seek(ms) {
    this.audio.currentTime = Math.min(Math.max(0, ms), this.length) / 1000;
    this.range.value = ms;
    this.show();
  }

  step(by) {
    const here = this.at(this.ms);
    const late = here >= 0 && this.ms - this.timing[here][0] > 1500;
    const next = by < 0 && late ? here : here + by;
    if (next < this.timing.length) this.seek(this.timing[Math.max(0, next)][0]);
  }

  /** Plays a sentence, in the pass that is being heard. */
  say(sentence) {
    const pass = this.timing[this.at(this.ms)]?.[3] ?? 0;
    const places = this.timing.filter(([, , number]) => number === sentence);
    const [start] = places.find((one) => one[3] === pass) ?? places[0] ?? [];
    if (start === undefined) return;
    this.seek(start);
    this.audio.play().catch(() => {});
  }

  listen() {
    const { audio, holder } = this;
    audio.addEventListener('play', () => { current = this; this.run(); });
    for (const event of ['timeupdate', 'seeked', 'loadedmetadata', 'pause', 'ended']) audio.addEventListener(event, () => this.show());
    holder.addEventListener('pointerdown', (event) => this.drag(event));
    holder.addEventListener('pointermove', (event) => this.point(event));
    holder.addEventListener('pointerleave', () => { this.tip.hidden = true; });
    this.range.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => { this.draw(); this.show(); }).observe(holder);
  }

  /** Follows the sound from frame to frame while it plays. */
  run() {
    this.show();
    if (!this.audio.paused && this.box.isConnected) requestAnimationFrame(() => this.run());
  }

  msAt(event) {
    const { left, width } = this.holder.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * this.length;
  }

  drag(event) {
    if (event.button !== 0) return;
    this.holder.setPointerCapture(event.pointerId);
    this.range.focus({ preventScroll: true });
    this.seek(this.msAt(event));
    event.preventDefault();
  }

  point(event) {
    const ms = this.msAt(event);
    if (event.buttons & 1 && this.holder.hasPointerCapture(event.pointerId)) this.seek(ms);
    const here = this.at(ms);
    const words = here < 0 ? '' : ` · ${say('sentence', { k: this.timing[here][2] + 1 })}`;
    this.tip.hidden = event.pointerType === 'touch';
    this.tip.textContent = clock(ms) + words;
    const half = this.tip.offsetWidth / 2;
    const x = (ms / this.length) * this.width;
    this.tip.style.left = `${Math.min(Math.max(x, half), this.width - half)}px`;
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (event.key === ' ') this.box.querySelector('.player-play').click();
    else if (by && event.shiftKey) this.step(by);
    else if (by) this.seek(this.ms + by * STEP_S * 1000);
    else return;
    event.preventDefault();
  }

  draw() {
    this.width = this.holder.clientWidth;
    if (!this.width) return;
    this.picture.setAttribute('viewBox', `0 0 ${this.width} ${HEIGHT}`);
    const outline = bars(this.peaks, this.width);
    this.rest.setAttribute('d', outline);
    this.played.setAttribute('d', outline);
    const between = this.timing.slice(1).map(([start], i) => (this.timing[i][1] + start) / 2);
    this.marks.setAttribute('d', between.map((ms) => `M${this.x(ms).toFixed(1)} 0V${HEIGHT}`).join(''));
  }

  x(ms) { return (ms / this.length) * this.width; }

  show() {
    if (!this.width) return;
    const x = this.x(this.ms);
    this.past.setAttribute('width', x);
    this.needle.setAttribute('x1', x);
    this.needle.setAttribute('x2', x);
    this.tell(this.audio.paused && this.ms === 0 ? -1 : this.at(this.ms));
  }

  /** Lights what is said at `index` of the timing, here and in the words. */
  tell(index) {
    if (index === this.told) return;
    this.told = index;
    const [start, end, sentence, pass] = this.timing[index] ?? [0, 0, -1, 0];
    this.now.setAttribute('x', this.x(start));
    this.now.setAttribute('width', index < 0 ? 0 : this.x(end - start));
    const count = this.timing.length / this.passes;
    this.place.textContent = index < 0 ? '' : say('sentenceOf', { k: sentence + 1, n: count })
      + (this.passes > 1 ? ` · ${say('passOf', { k: pass + 1, n: this.passes })}` : '');
    if (current === this) light(sentence);
  }
}

function light(sentence) {
  for (const words of document.querySelectorAll('[data-words-of] [data-sentence]')) {
    words.toggleAttribute('data-saying', Number(words.dataset.sentence) === sentence);
  }
}

document.addEventListener('click', (event) => {
  const words = event.target.closest?.('[data-words-of] [data-sentence]');
  if (!words || !getSelection().isCollapsed) return;
  if (!current?.box.isConnected) current = null;
  current?.say(Number(words.dataset.sentence));
});

bind('[data-player][data-peaks]', (box) => new Wave(box));
