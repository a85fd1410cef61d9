// The ward's desk.
import './signed-in.js';
