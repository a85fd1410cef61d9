// Binds behaviour to elements by selector, once each, now and in whatever is swapped in later.
const bindings = [];
const bound = new WeakMap();

/** Registers `setup(element)` for every element that matches `selector`. */
export function bind(selector, setup) {
  bindings.push({ selector, setup });
}

/** Sets up everything in and under `root` that is not set up yet. */
export function mount(root) {
  for (const { selector, setup } of bindings) {
    const own = root.matches?.(selector) ? [root] : [];
    for (const element of [...own, ...root.querySelectorAll(selector)]) once(element, selector, setup);
  }
}

function once(element, selector, setup) {
  const done = bound.get(element) ?? new Set();
  if (done.has(selector)) return;
  bound.set(element, done.add(selector));
  setup(element);
}

/** Mounts the page once it is parsed. */
export function start() {
  document.documentElement.dataset.js = '';
  mount(document);
}
