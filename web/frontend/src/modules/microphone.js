// A microphone being recorded: its level, its length, and at the end the sound.
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
const ENDINGS = { webm: 'webm', mp4: 'm4a', ogg: 'ogg' };
const WANTED = { audio: { channelCount: 1, noiseSuppression: true, echoCancellation: false, autoGainControl: true } };
const BITS_PER_SECOND = 96_000;
const FLOOR_DB = -60;
const PROBLEMS = { NotAllowedError: 'micRefused', SecurityError: 'micRefused', NotFoundError: 'micMissing', OverconstrainedError: 'micMissing' };

/** Returns the key of the words that say why this page cannot record at all, or ''. */
export function whyNot() {
  if (!window.isSecureContext) return 'micInsecure';
  return navigator.mediaDevices?.getUserMedia && window.MediaRecorder ? '' : 'micUnsupported';
}

/** Opens the microphone and records; throws an Error whose message is the key of words that say why not. */
export async function openMicrophone() {
  const stream = await navigator.mediaDevices.getUserMedia(WANTED).catch((error) => { throw new Error(PROBLEMS[error.name] ?? 'micBusy'); });
  return new Microphone(stream);
}

class Microphone {
  constructor(stream) {
    this.stream = stream;
    this.chunks = [];
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(stream, { ...(mimeType && { mimeType }), audioBitsPerSecond: BITS_PER_SECOND });
    this.recorder.addEventListener('dataavailable', ({ data }) => this.chunks.push(data));
    this.ended = new Promise((resolve) => { this.recorder.addEventListener('stop', resolve, { once: true }); });
    this.listen();
    this.recorder.start(1000);
    this.began = performance.now();
  }

  listen() {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 2048;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(this.stream).connect(this.analyser);
  }

  /** How long it has recorded, in ms. */
  get ms() {
    return performance.now() - this.began;
  }

  /** The level now, from 0 (60 dB under full scale, or less) to 100. */
  get level() {
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, one) => sum + one * one, 0) / this.samples.length;
    const db = 10 * Math.log10(power || 1e-12);
    return Math.max(0, Math.min(100, 100 * (1 - db / FLOOR_DB)));
  }

  /** Calls `told` when the microphone goes away by itself. */
  onLost(told) {
    this.stream.getAudioTracks()[0].addEventListener('ended', told, { once: true });
  }

  /** Ends it; returns the sound as a File. */
  async stop() {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    await this.ended;
    this.stream.getTracks().forEach((track) => track.stop());
    this.context.close();
    const type = this.recorder.mimeType || 'audio/webm';
    const ending = Object.keys(ENDINGS).find((name) => type.includes(name)) ?? 'webm';
    return new File(this.chunks, `thu-am.${ENDINGS[ending]}`, { type });
  }
}
