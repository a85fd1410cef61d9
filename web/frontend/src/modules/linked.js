// Elements that share a data-link are lit together; one with data-start/data-end selects those code
// points of the textarea that data-selects of an ancestor names.

function lit(event, on) {
  const link = event.target.closest?.('[data-link]')?.dataset.link;
  if (!link) return;
  for (const twin of document.querySelectorAll(`[data-link="${CSS.escape(link)}"]`)) twin.toggleAttribute('data-linked-on', on);
}

/** Turns an offset in code points into one in UTF-16 units. */
function unit(text, points) {
  return [...text].slice(0, points).join('').length;
}

function select(event) {
  const span = event.target.closest?.('[data-start][data-end]:not([data-replace])');
  const area = document.querySelector(span?.closest('[data-selects]')?.dataset.selects ?? 'no-area');
  if (!area) return;
  const [from, to] = [unit(area.value, Number(span.dataset.start)), unit(area.value, Number(span.dataset.end))];
  area.focus();
  area.setSelectionRange(from, to);
}

for (const [type, on] of [['pointerover', true], ['focusin', true], ['pointerout', false], ['focusout', false]]) {
  document.addEventListener(type, (event) => lit(event, on));
}
document.addEventListener('click', select);
