// Small builders for elements.
const SVG = 'http://www.w3.org/2000/svg';

/** Returns `<tag>` with `attributes` and `children`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Returns an SVG `<tag>` with `attributes` and `children`. */
export function makeSvg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Returns the sprite's icon `name`; the sprite's address stands in `<html data-icons>`. */
export function icon(name) {
  const use = makeSvg('use', { href: `${document.documentElement.dataset.icons}#${name}` });
  return makeSvg('svg', { class: 'icon', 'aria-hidden': 'true' }, use);
}
