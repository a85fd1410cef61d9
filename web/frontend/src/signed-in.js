// What every signed-in page has.
import htmx from 'htmx.org';
import './modules/relative-time.js';
import './modules/player.js';
import './modules/wave.js';
import './modules/destination.js';
import './modules/recorder.js';
import './modules/poll.js';
import './modules/reading.js';
import './modules/look.js';
import './modules/linked.js';
import './modules/confirm.js';
import './modules/forms.js';
import './modules/dialogs.js';
import './modules/copy.js';
import './modules/print.js';
import { mount, start } from './modules/mount.js';

document.addEventListener('htmx:after:swap', (event) => mount(event.target));
start();

export { htmx };
