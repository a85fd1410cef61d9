// form[data-look="URL"]: sends the form there while one types and shows the answer in [data-looked]; nothing is kept.
import { bind } from './mount.js';
import { fetchFragment, swapInside } from './swap.js';

const DEBOUNCE_MS = 500;

function look(form) {
  const shown = form.querySelector('[data-looked]');
  const button = form.querySelector('[data-look-button]');
  let timer = 0;
  let current = null;
  const ask = async () => {
    current?.abort();
    const mine = (current = new AbortController());
    shown.setAttribute('aria-busy', 'true');
    try {
      const body = new URLSearchParams(new FormData(form));
      await swapInside(shown, await fetchFragment(form.dataset.look, { method: 'POST', body, signal: mine.signal }));
    } catch {
      // The next change asks again.
    }
    if (mine === current) shown.removeAttribute('aria-busy');
  };
  form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, DEBOUNCE_MS); });
  button?.addEventListener('click', (event) => { event.preventDefault(); clearTimeout(timer); ask(); });
}

bind('form[data-look]', look);
