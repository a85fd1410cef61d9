// The office and the sign-in page.  What signed-in.js mounts must stand before it.
import './modules/answers.js';
import './modules/lexicon.js';
import './signed-in.js';
