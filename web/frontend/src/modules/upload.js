// Sends a file with a form's token, tells how far it is, and returns the fragment that the server answers.

/** What went wrong with an upload: `lost` (may be sent again), `signedOut`, or refused with the server's `words`. */
export class UploadError extends Error {
  constructor(kind, words = '') {
    super(kind);
    this.kind = kind;
    this.words = words;
  }
}

/** Sends `file`; `onProgress(share)` is told from 0 to 1; `signal` ends it (then the promise is rejected as `aborted`). */
export function upload(url, { token, file, onProgress, signal }) {
  const body = new FormData();
  body.set('csrf_token', token);
  body.set('sound', file, file.name);
  const request = new XMLHttpRequest();
  request.open('POST', url);
  request.setRequestHeader('HX-Request', 'true');
  request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total ? loaded / total : 0));
  signal.addEventListener('abort', () => request.abort());
  return new Promise((resolve, reject) => {
    request.addEventListener('load', () => settle(request, url, resolve, reject));
    request.addEventListener('error', () => reject(new UploadError('lost')));
    request.addEventListener('timeout', () => reject(new UploadError('lost')));
    request.addEventListener('abort', () => reject(new UploadError('aborted')));
    request.send(body);
  });
}

function settle(request, url, resolve, reject) {
  if (request.status === 401 || new URL(request.responseURL).pathname !== url) reject(new UploadError('signedOut'));
  else if (request.status < 300) resolve(request.responseText);
  else if (request.status >= 500) reject(new UploadError('lost', words(request)));
  else reject(new UploadError('refused', words(request)));
}

function words(request) {
  return new DOMParser().parseFromString(request.responseText, 'text/html').querySelector('.flash')?.textContent.trim() ?? '';
}
