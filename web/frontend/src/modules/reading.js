// textarea[data-reading-url]: shows in data-reading-target how the text will be said, while one types.
// data-reading-with names fields that are sent along, data-reading-unit a unit that is no field.
import { bind } from './mount.js';
import { fetchFragment, swapInside } from './swap.js';
import { say } from './words.js';

const DEBOUNCE_MS = 250;
const RETRY_MS = 4000;

class Preview {
  constructor(area) {
    this.area = area;
    this.target = document.querySelector(area.dataset.readingTarget);
    this.note = document.querySelector(area.dataset.readingNote ?? 'no-note');
    this.timer = 0;
    this.current = null;
    area.addEventListener('input', () => this.plan(DEBOUNCE_MS));
    for (const name of this.companions()) {
      area.form?.elements[name]?.addEventListener('change', () => this.plan(0));
    }
    if (area.value && !this.target.hasChildNodes()) this.plan(0);
  }

  companions() {
    return (this.area.dataset.readingWith ?? '').split(/[\s,]+/).filter(Boolean);
  }

  plan(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), ms);
  }

  body() {
    const body = new URLSearchParams({ [this.area.name]: this.area.value });
    if (this.area.dataset.readingUnit) body.set('unit', this.area.dataset.readingUnit);
    for (const name of ['csrf_token', ...this.companions()]) {
      const field = this.area.form?.elements[name];
      if (field) body.set(name, field.value);
    }
    return body;
  }

  working(words) {
    this.target.setAttribute('aria-busy', String(Boolean(words)));
    if (this.note) this.note.textContent = words;
  }

  async read() {
    this.current?.abort();
    const mine = (this.current = new AbortController());
    this.working(say('reading'));
    try {
      const html = await fetchFragment(this.area.dataset.readingUrl, { method: 'POST', body: this.body(), signal: mine.signal });
      if (mine.signal.aborted) return;
      await swapInside(this.target, html);
      this.working('');
    } catch (error) {
      if (mine.signal.aborted) return;
      this.working('');
      if (this.note) this.note.textContent = say('readingFailed');
      this.plan(RETRY_MS);
    }
  }
}

bind('textarea[data-reading-url]', (area) => new Preview(area));
