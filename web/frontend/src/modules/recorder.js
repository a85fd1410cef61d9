// [data-recorder="URL"]: a recording instead of a voice: recorded here or chosen as a file, uploaded, heard, used or dropped.
// data-state is one of empty, recording, sending, failed (kept here, to be sent again), candidate (heard, not used), used.
import { bind } from './mount.js';
import { openMicrophone, whyNot } from './microphone.js';
import { clock } from './player.js';
import { swapInside } from './swap.js';
import { upload } from './upload.js';
import { say } from './words.js';

const SHORTEST_MS = 1000;
const [LOW, HIGH] = [35, 92];
const QUIET_MS = 4000;
const BEFORE_SAVING = { recording: 'recordingFirst', sending: 'uploadFirst', failed: 'uploadFirst', candidate: 'candidateFirst' };

class Recorder {
  constructor(box) {
    this.box = box;
    this.form = box.closest('form');
    this.named = box.querySelector('[name="recording"]');
    this.part = (name) => box.querySelector(`[data-${name}]`);
    this.part('send').hidden = true;
    this.part('live').hidden = false;
    this.file = null;
    this.listen();
    this.show(box.dataset.state);
  }

  listen() {
    const on = (name, act) => this.box.addEventListener('click', (event) => { if (event.target.closest(`[data-${name}]`)) { event.preventDefault(); act(); } });
    on('start', () => this.start());
    on('stop', () => this.stop());
    on('cancel', () => this.cancel());
    on('abort', () => this.sending?.abort());
    on('retry', () => this.send(this.file));
    on('forget', () => this.drop());
    on('use', () => this.use());
    on('drop', () => this.drop());
    this.box.querySelector('#sound').addEventListener('change', ({ target }) => this.choose(target));
    this.form.addEventListener('submit', (event) => this.guard(event), { capture: true });
    window.addEventListener('beforeunload', (event) => { if (['recording', 'sending', 'failed'].includes(this.box.dataset.state)) event.preventDefault(); });
  }

  /** Shows what belongs to a state, and says `words`; `bad` makes them an error. */
  show(state, words = '', bad = false) {
    this.box.dataset.state = state;
    const recording = state === 'recording';
    for (const name of ['stop', 'cancel', 'clock', 'level']) this.part(name).hidden = !recording;
    this.part('start').hidden = recording;
    this.part('file').hidden = recording;
    this.part('sending').hidden = state !== 'sending';
    this.part('again').hidden = state !== 'failed';
    this.tell(words, bad);
  }

  tell(words, bad = false) {
    const note = this.part('note');
    if (note.textContent !== words) note.textContent = words;
    note.toggleAttribute('data-bad', bad);
  }

  async start() {
    const problem = whyNot();
    if (problem) { this.tell(say(problem), true); return; }
    this.tell(say('micAsking'));
    this.part('start').disabled = true;
    try {
      this.microphone = await openMicrophone();
      this.show('recording', say('recordingNow'));
      this.part('stop').focus();
      this.microphone.onLost(() => this.stop());
      this.heardAt = performance.now();
      this.watch();
    } catch (error) {
      this.tell(say(error.message), true);
    }
    this.part('start').disabled = false;
  }

  /** Shows time and level while it records; stops at the limit. */
  watch() {
    if (this.box.dataset.state !== 'recording') return;
    const { microphone } = this;
    const level = microphone.level;
    this.part('clock').textContent = clock(microphone.ms);
    this.part('level').value = level;
    if (level >= LOW) this.heardAt = performance.now();
    if (level > HIGH) this.tell(say('micHigh'));
    else if (performance.now() - this.heardAt > QUIET_MS) this.tell(say('micLow'));
    else if (level >= LOW && this.part('note').textContent === say('micLow')) this.tell(say('recordingNow'));
    if (microphone.ms >= 60_000 * this.box.dataset.mostMinutes) this.stop(say('recordingFull', { minutes: this.box.dataset.mostMinutes }));
    else requestAnimationFrame(() => this.watch());
  }

  async stop(words = '') {
    if (this.box.dataset.state !== 'recording') return;
    const ms = this.microphone.ms;
    this.show('sending', words);
    const file = await this.microphone.stop();
    if (ms < SHORTEST_MS) this.show('empty', say('recordingShort'), true);
    else this.send(file);
  }

  async cancel() {
    this.show('empty', say('recordingDropped'));
    await this.microphone.stop();
    this.part('start').focus();
  }

  choose(input) {
    const [file] = input.files;
    const most = Number(this.box.dataset.mostBytes);
    input.value = '';
    if (!file) return;
    const mb = (bytes) => Math.ceil(bytes / 1e6);
    if (file.size > most) this.tell(say('uploadLarge', { size: mb(file.size), limit: this.box.dataset.mostMb }), true);
    else this.send(file);
  }

  async send(file) {
    this.file = file;
    this.sending = new AbortController();
    this.show('sending', say('uploading', { percent: 0 }));
    const progress = this.part('sending').querySelector('progress');
    const onProgress = (share) => {
      progress.value = share;
      this.tell(share < 1 ? say('uploading', { percent: Math.floor(share * 100) }) : say('checking'));
    };
    try {
      const token = this.form.elements.csrf_token.value;
      const html = await upload(this.box.dataset.recorder, { token, file, onProgress, signal: this.sending.signal });
      await swapInside(this.part('given'), html);
      this.file = null;
      this.show('candidate', say('recordingReady'));
      this.part('use').focus();
    } catch (error) {
      this.failed(error);
    }
  }

  failed({ kind, words }) {
    if (kind === 'lost') this.show('failed', words || say('uploadLost'), true);
    else if (kind === 'signedOut') this.show('failed', say('uploadSignedOut'), true);
    else this.show('empty', kind === 'aborted' ? say('recordingDropped') : words || say('uploadFailed'), kind !== 'aborted');
  }

  use() {
    this.name(this.part('given').querySelector('[data-recorded]').dataset.recorded);
    this.part('use').remove();
    this.part('fresh').remove();
    this.part('used-note').hidden = false;
    this.show('used', say('recordingUsed'));
    this.part('drop').focus();
  }

  drop() {
    const used = this.box.dataset.state === 'used';
    this.part('given').replaceChildren();
    this.file = null;
    this.name('');
    this.show('empty', say(used ? 'recordingGone' : 'recordingDropped'));
    this.part('start').focus();
  }

  /** Writes into the form which recording is used; the attribute is what styles see. */
  name(sha256) {
    this.named.setAttribute('value', sha256);
    this.named.value = sha256;
    this.named.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** Keeps the form here while it is open whether there is a recording. */
  guard(event) {
    const words = BEFORE_SAVING[this.box.dataset.state];
    if (!words) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.box.open = true;
    this.tell(say(words), true);
    this.part({ recording: 'stop', candidate: 'use', failed: 'retry' }[this.box.dataset.state] ?? 'abort').focus();
  }
}

bind('[data-recorder]', (box) => new Recorder(box));
