// The desk keeps itself fresh from /trang-thai, and sends what is asked for to /lenh.
const PERIOD_MS = 1000;
const PATIENCE_MS = 6000;
const LINES = { online: ['played', 'plug-connected'], offline: ['missed', 'plug-connected-x'], unknown: ['planned', 'circle-dashed'] };
const LOOKS = {
  planned: 'calendar-event', air: 'broadcast', played: 'circle-check', partial: 'circle-half-2', missed: 'circle-x', cancelled: 'ban',
};
const OTHER = 'khac';
const ICONS = 'http://www.w3.org/2000/svg';

const find = (selector) => document.querySelector(selector);
const token = find('meta[name="token"]').content;
const dialog = find('[data-skip]');
const drawn = new Map();
let state = null;
let skipping = null;

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function icon(name) {
  const svg = document.createElementNS(ICONS, 'svg');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(ICONS, 'use');
  use.setAttribute('href', `/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

function badge(look, word, name = LOOKS[look]) {
  return make('span', { className: `state state-${look}` }, icon(name ?? 'calendar-event'), make('span', { textContent: word }));
}

/** Draws a part again only when what it shows has changed, so that focus stays where it is. */
function redraw(part, value, draw) {
  const said = JSON.stringify(value ?? null);
  if (drawn.get(part) === said) return;
  drawn.set(part, said);
  draw(value);
}

function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

function named(item) {
  const parts = [];
  if (item.programme) parts.push(make('span', { className: 'code', title: 'Chương trình', textContent: item.programme }));
  parts.push(make('span', { textContent: item.title }));
  if (item.urgency) parts.push(make('span', { className: `level level-${item.level}`, textContent: item.urgency }));
  return make('span', { className: 'name' }, ...parts);
}

function skipButton(item) {
  const button = make('button', { type: 'button', className: 'small' }, icon('player-skip-forward'), 'Bỏ qua…', make('span', { className: 'hidden', textContent: ` ${item.title}` }));
  button.addEventListener('click', () => askSkip(item));
  return button;
}

function drawLine(line) {
  const [look, name] = LINES[line.state] ?? LINES.unknown;
  const old = find('[data-line]');
  const fresh = badge(look, line.words, name);
  fresh.dataset.line = '';
  fresh.dataset.state = line.state;
  old.replaceWith(fresh);
}

function drawTroubles(troubles) {
  find('[data-troubles]').replaceChildren(...troubles.map((trouble) => make('p', { className: 'trouble' }, icon('alert-triangle'), make('span', { textContent: trouble }))));
}

function drawNow(now) {
  find('.now').toggleAttribute('data-on-air', now !== null);
  find('[data-now]').hidden = now === null;
  find('[data-silent]').hidden = now !== null;
  find('[data-act="pause"]').hidden = now?.paused ?? false;
  find('[data-act="resume"]').hidden = !now?.paused;
  find('[data-act="pause"]').disabled = now === null;
  find('[data-skip-now]').disabled = !now?.skippable;
  if (now === null) return;
  const held = badge(now.paused ? 'partial' : 'air', now.paused ? 'Đang tạm dừng' : 'Đang phát', now.paused ? 'player-pause' : 'broadcast');
  redraw('now-state', now.paused, () => find('[data-now-state]').replaceChildren(...held.childNodes));
  find('[data-now-state]').className = held.className;
  const code = find('[data-now-programme]');
  code.hidden = !now.programme;
  text(code, now.programme ?? '');
  text(find('[data-now-title]'), now.urgency ? `${now.title} (${now.urgency})` : now.title);
  text(find('[data-now-left]'), now.left);
  Object.assign(find('[data-now-bar]'), { max: Math.max(1, now.duration_ms), value: now.position_ms });
}

function drawNext(next) {
  const box = find('[data-next]');
  if (!next) {
    box.replaceChildren(make('p', { className: 'hint', textContent: 'Chưa có lượt phát nào sắp tới.' }));
    return;
  }
  box.replaceChildren(make(
    'div', { className: 'line' },
    make('b', { className: 'figure time', textContent: next.time }), make('span', { className: 'hint', textContent: next.near }),
    named(next), make('span', { className: 'figure hint', textContent: next.duration }), ...(next.skippable ? [skipButton(next)] : []),
  ));
}

function drawToday(rows) {
  text(find('[data-count]'), `${rows.length} lượt`);
  find('[data-empty]').hidden = rows.length > 0;
  find('[data-today]').replaceChildren(...rows.map((row) => {
    const line = make(
      'div', { className: 'line' },
      make('b', { className: 'figure time', textContent: row.time }), badge(row.look, row.word), named(row),
      make('span', { className: 'figure hint', textContent: row.duration }), ...(row.skippable ? [skipButton(row)] : []),
    );
    const item = make('li', {}, line, ...(row.words ? [make('p', { className: 'hint', textContent: row.words })] : []));
    item.dataset.state = row.state;
    return item;
  }));
}

function drawVolume(volume) {
  text(find('[data-volume]'), volume === null ? 'chưa đặt lần nào' : `đang đặt ${volume} trên 100`);
  for (const button of document.querySelectorAll('[data-act="volume"]')) {
    button.setAttribute('aria-pressed', String(Number(button.dataset.value) === volume));
  }
}

function show(fresh) {
  state = fresh;
  find('[data-rehearsal]').hidden = !fresh.rehearsal;
  for (const element of document.querySelectorAll('[data-text]')) text(element, fresh[element.dataset.text]);
  redraw('line', fresh.line, drawLine);
  redraw('troubles', fresh.troubles, drawTroubles);
  drawNow(fresh.now);
  redraw('next', fresh.next, drawNext);
  redraw('today', fresh.today, drawToday);
  redraw('volume', fresh.volume, drawVolume);
}

function showLost() {
  redraw('line', { state: 'offline', words: 'Chương trình của trạm không trả lời' }, drawLine);
  redraw('troubles', ['Trang này không gọi được chương trình của trạm, nên những gì hiện ở đây có thể đã cũ. Trang tự thử lại; nếu vẫn vậy, hãy khởi động lại máy trạm.'], drawTroubles);
}

async function call(path, options = {}) {
  const answer = await fetch(path, { ...options, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 401) window.location.assign('/vao');
  return [answer.ok, await answer.json()];
}

async function refresh() {
  try {
    const [ok, fresh] = await call('/trang-thai');
    if (ok) show(fresh);
    else showLost();
  } catch {
    showLost();
  }
}

async function keepFresh() {
  await refresh();
  setTimeout(keepFresh, PERIOD_MS);
}

function say(words, well) {
  const said = find('[data-said]');
  said.textContent = words;
  said.dataset.well = String(well);
}

async function act(kind, more = {}) {
  const headers = { 'Content-Type': 'application/json', 'X-Loaphuong-Token': token };
  try {
    const [ok, answer] = await call('/lenh', { method: 'POST', headers, body: JSON.stringify({ kind, ...more }) });
    say(answer.message, ok);
  } catch {
    say('Chương trình của trạm không trả lời; hãy bấm lại.', false);
  }
  await refresh();
}

function askSkip(item) {
  skipping = item;
  find('[data-skip] form').reset();
  find('[data-skip-trouble]').hidden = true;
  text(find('[data-skip-title]'), item.title);
  const playing = item.id === state?.now?.id;
  find('[data-skip-playing]').hidden = !playing;
  find('[data-skip-coming]').hidden = playing;
  dialog.showModal();
}

function pressed(button) {
  if (button.dataset.act === 'volume') return act('volume', { value: Number(button.dataset.value) });
  if (button.dataset.act === 'stop') return act('stop');
  return act(button.dataset.act, { item: button.dataset.act === 'test' ? null : state?.now?.id ?? null });
}

for (const button of document.querySelectorAll('[data-act]')) button.addEventListener('click', () => pressed(button));
find('[data-skip-now]').addEventListener('click', () => { if (state?.now) askSkip(state.now); });

find('[data-skip] form').addEventListener('submit', (event) => {
  if (event.submitter?.value !== 'skip') return;
  const form = new FormData(event.target);
  const note = form.get('note').trim();
  const chosen = find(`[name="reason"][value="${form.get('reason')}"]`)?.nextElementSibling?.textContent ?? '';
  const trouble = find('[data-skip-trouble]');
  if (form.get('reason') === OTHER && !note) {
    event.preventDefault();
    trouble.textContent = 'Hãy ghi lý do vào ô bên trên.';
    trouble.hidden = false;
    return;
  }
  const reason = form.get('reason') === OTHER ? note : [chosen, note].filter(Boolean).join(': ');
  act('skip', { item: skipping.id, value: reason });
});

const KEYS = {
  KeyS: () => act('stop'),
  Space: () => act('stop'),
  KeyP: () => find('[data-act="pause"]:not([hidden]):not([disabled]), [data-act="resume"]:not([hidden])')?.click(),
  KeyB: () => find('[data-skip-now]:not([disabled])')?.click(),
  KeyT: () => find('[data-act="test"]').click(),
};

const STOPS = new Set(['KeyS', 'Space']);
const TYPED_IN = 'textarea, select, input:not([type="radio"])';

// By the place of the key, not its letter: a Vietnamese input method may keep the letter to itself.
// What stops does so wherever the focus is, on a button too, and takes an open question off the screen.
document.addEventListener('keydown', (event) => {
  const { target, code } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[code] || target.closest(TYPED_IN)) return;
  if (dialog.open && !STOPS.has(code)) return;
  event.preventDefault();
  if (event.repeat) return;
  dialog.close();
  KEYS[code]();
});

// Some browsers click the button in focus when the key comes up again.
document.addEventListener('keyup', (event) => {
  if (event.code === 'Space' && !event.target.closest(TYPED_IN)) event.preventDefault();
});

keepFresh();
