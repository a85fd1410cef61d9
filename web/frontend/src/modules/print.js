// button[data-print]: prints the page; hidden where there are no scripts.
import { bind } from './mount.js';

bind('[data-print]', (button) => {
  button.hidden = false;
  button.addEventListener('click', () => print());
});
