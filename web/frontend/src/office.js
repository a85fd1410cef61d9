// The office and the sign-in page.
import './signed-in.js';
