// [data-poll="URL" data-poll-seconds="2"]: keeps a region fresh; says so when the server is away.
// With data-poll-quiet it says nothing of that.  A `stale` event from inside makes it look at once.  What comes may tell in data-next-seconds how long to wait from then on.
import { icon, make } from './dom.js';
import { bind } from './mount.js';
import { fetchFragment, swapInside } from './swap.js';
import { say } from './words.js';

const SLOWEST_MS = 30_000;

class Region {
  constructor(element) {
    this.element = element;
    this.every = 1000 * (Number(element.dataset.pollSeconds) || 5);
    this.wait = this.every;
    this.timer = 0;
    this.last = null;
    this.busy = false;
    this.lost = make('p', { class: 'poll-lost', role: 'status', hidden: '' }, icon('wifi-off'), say('lost'));
    element.before(this.lost);
    document.addEventListener('visibilitychange', () => this.resume());
    element.addEventListener('stale', () => this.look());
    this.plan();
  }

  plan() {
    clearTimeout(this.timer);
    if (!document.hidden && this.element.isConnected) this.timer = setTimeout(() => this.look(), this.wait);
  }

  resume() {
    if (document.hidden) clearTimeout(this.timer);
    else this.look();
  }

  async look() {
    if (this.busy) return;
    this.busy = true;
    try {
      const html = await fetchFragment(this.element.dataset.poll);
      if (html !== this.last) await swapInside(this.element, html);
      this.last = html;
      this.wait = 1000 * (Number(this.element.querySelector('[data-next-seconds]')?.dataset.nextSeconds) || 0) || this.every;
      this.lost.hidden = true;
    } catch {
      this.wait = Math.min(this.wait * 2, SLOWEST_MS);
      this.lost.hidden = 'pollQuiet' in this.element.dataset;
    }
    this.busy = false;
    this.plan();
  }
}

bind('[data-poll]', (element) => new Region(element));
