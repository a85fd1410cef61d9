// data-confirm on a form or its submit button: a <dialog> says what is destroyed before it is sent.
import { make } from './dom.js';
import { say } from './words.js';

const confirmed = new WeakSet();

function ask({ confirm, confirmTitle, confirmYes }, proceed) {
  const yes = make('button', { type: 'submit', class: 'btn btn-danger', value: 'yes' }, confirmYes ?? say('yes'));
  const no = make('button', { type: 'submit', class: 'btn', value: '', autofocus: '' }, say('no'));
  const title = make('h2', { id: 'confirm-title' }, confirmTitle ?? say('confirm'));
  const form = make('form', { method: 'dialog' }, title, make('p', { id: 'confirm-text' }, confirm), make('div', { class: 'form-actions' }, no, yes));
  const dialog = make('dialog', { 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' }, form);
  document.body.append(dialog);
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (dialog.returnValue === 'yes') proceed();
  });
  dialog.showModal();
}

document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  const asked = submitter?.dataset.confirm ? submitter : form;
  if (!asked.dataset.confirm || confirmed.delete(form)) return;
  event.preventDefault();
  event.stopPropagation();
  ask(asked.dataset, () => {
    confirmed.add(form);
    form.requestSubmit(submitter ?? undefined);
  });
}, true);

document.addEventListener('htmx:confirm', (event) => {
  const { confirm } = event.target.dataset ?? {};
  if (!confirm || event.target.matches('form')) return;
  event.preventDefault();
  ask(event.target.dataset, () => event.detail.issueRequest());
});
