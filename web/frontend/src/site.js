// The public site: a player and relative times, nothing else.
import './modules/player.js';
import './modules/relative-time.js';
import { start } from './modules/mount.js';

start();
