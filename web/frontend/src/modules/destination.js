// [data-destination="URL"]: tells where the text would go to be spoken; asks again when an answer may change it.
// data-destination-with names the form's fields that are sent, data-destination-unit a unit that is no field.
import { bind } from './mount.js';
import { fetchFragment, swapInside } from './swap.js';

const DEBOUNCE_MS = 900;

function follow(element) {
  const { form } = document.querySelector(`[name=${element.dataset.destinationWith.split(' ')[0]}]`);
  const names = ['csrf_token', ...element.dataset.destinationWith.split(' ')];
  let timer = 0;
  let current = null;
  const ask = async () => {
    current?.abort();
    const mine = (current = new AbortController());
    const given = new FormData(form);
    const body = new URLSearchParams(names.filter((name) => given.has(name)).map((name) => [name, given.get(name)]));
    if (element.dataset.destinationUnit) body.set('unit', element.dataset.destinationUnit);
    try {
      await swapInside(element, await fetchFragment(element.dataset.destination, { method: 'POST', body, signal: mine.signal }));
    } catch {
      // The next change asks again; what stands here was true of the text before.
    }
  };
  const plan = (ms) => { clearTimeout(timer); timer = setTimeout(ask, ms); };
  form.addEventListener('input', ({ target }) => { if (names.includes(target.name)) plan(target.matches('textarea') ? DEBOUNCE_MS : 0); });
}

bind('[data-destination]', follow);
