// Takes from Tabler's stylesheet what our pages use: by class, then the variables those rules read.
import postcss from 'postcss';

const COMPONENTS = `container container-xl container-fluid row col g gx gy card table btn form input
  invalid-feedback is-invalid alert list-group list-unstyled list-inline nav breadcrumb page-link page-item pagination
  progress datagrid spinner-border dropdown-menu dropdown-item dropdown-divider dropdown-header steps step-item
  timeline hr kbd markdown small lead required subheader icon visually-hidden visually-hidden-focusable`.split(/\s+/);
const UTILITIES = `d flex align-items align-self justify-content gap m mt mb ms me mx my p pt pb ps pe px py w h
  border rounded fw overflow position order divide sticky-top text-start text-end text-center text-nowrap
  text-break text-truncate text-body text-secondary text-muted text-wrap`.split(/\s+/);
const UNUSED = /^(btn|card|alert|table|text|border|form|list-group-item|nav|progress|row|col|steps|timeline)-(.*-)?(blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|facebook|twitter|x|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler|gray|light|dark|white|muted|animate|rotate|stamp|sponsor|note|carousel|imagecheck|colorinput|otp|floating|stars|glass|icon-facebook|primary-subtle|success-subtle|facebook)(-.*)?$/;
const LAYOUT = /^(m|p|mt|mb|ms|me|mx|my|pt|pb|ps|pe|px|py|g|gx|gy|gap|w|h)-/;

const wanted = new Set([...COMPONENTS, ...UTILITIES]);
const heads = (name) => name.split('-').map((_, index, parts) => parts.slice(0, index + 1).join('-'));
const used = (name) => heads(name).some((head) => wanted.has(head)) && !UNUSED.test(name) && !printing(name);
const printing = (name) => /^d-print/.test(name) && !/^d-print-(none|block)$/.test(name);
const classes = (selector) => [...selector.matchAll(/\.(-?[a-zA-Z_][\w-]*)/g)].map(([, name]) => name);
const BREAKPOINT = /-(sm|xl|xxl)(-|$)/;

/** Tells whether `selector` matches something our pages hold. */
function kept(selector) {
  if (/navbar|offcanvas|carousel|theme-dark|layout-|data-bs-(?!theme=dark\])|\[data-theme|:root\[|body\[/.test(selector)) return false;
  return classes(selector).every((name) => used(name) && !(LAYOUT.test(name) && BREAKPOINT.test(name)));
}

/** Returns Tabler's CSS `source` trimmed; its dark theme follows the reader's system. */
export function trimmed(source) {
  const root = postcss.parse(source);
  root.walkComments((comment) => comment.remove());
  root.walkAtRules('font-face', (rule) => rule.remove());
  root.walkRules((rule) => {
    if (rule.parent.type === 'atrule' && /keyframes/.test(rule.parent.name)) return;
    const selectors = rule.selectors.filter((selector) => kept(selector));
    if (selectors.length === 0) rule.remove();
    else if (selectors.some((selector) => selector.includes('data-bs-theme=dark'))) darken(rule, selectors);
    else rule.selectors = selectors;
  });
  dropUnreadVariables(root);
  dropUnusedKeyframes(root);
  root.walkAtRules((rule) => { if (rule.nodes?.length === 0) rule.remove(); });
  return root.toString();
}

/** Puts the dark selectors of `rule` under the reader's own preference. */
function darken(rule, selectors) {
  const dark = selectors.filter((selector) => selector.includes('data-bs-theme=dark'));
  const query = postcss.atRule({ name: 'media', params: '(prefers-color-scheme: dark)' });
  const copy = rule.clone();
  copy.selectors = dark.map((selector) => selector.replace('[data-bs-theme=dark]', ':root'));
  query.append(copy);
  rule.replaceWith(query);
}

/** Removes custom properties that nothing reads, until none is left. */
function dropUnreadVariables(root) {
  for (let removed = 1; removed > 0; ) {
    removed = 0;
    const read = new Set();
    root.walkDecls(({ value }) => {
      for (const [, name] of value.matchAll(/var\(\s*(--[\w-]+)/g)) read.add(name);
    });
    root.walkDecls(/^--/, (declaration) => {
      if (!read.has(declaration.prop)) { declaration.remove(); removed += 1; }
    });
  }
  root.walkRules((rule) => { if (rule.nodes.length === 0) rule.remove(); });
}

/** Removes animations that no rule names. */
function dropUnusedKeyframes(root) {
  const named = new Set();
  root.walkDecls(/^animation/, ({ value }) => value.split(/[\s,]+/).forEach((word) => named.add(word)));
  root.walkAtRules('keyframes', (rule) => { if (!named.has(rule.params)) rule.remove(); });
}
