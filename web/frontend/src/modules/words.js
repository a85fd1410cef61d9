// What the scripts say, in the page's language; `{name}` stands for a value.
const WORDS = {
  vi: {
    play: 'Nghe', pause: 'Tạm dừng', seek: 'Vị trí', speed: 'Tốc độ đọc',
    heard: 'Đã nghe {percent} %, cần nghe ít nhất {needed} %', heardEnough: 'Đã nghe đủ',
    soundFailed: 'Không mở được âm thanh. Tải lại trang rồi thử lần nữa.',
    soon: 'ngay bây giờ', lost: 'Mất kết nối, đang thử lại', back: 'Đã nối lại',
    reading: 'Đang đọc…', readingFailed: 'Chưa đọc được: mất kết nối với máy chủ, đang thử lại',
    characters: '{count} / {limit} ký tự', over: '{count} / {limit} ký tự, thừa {over}',
    unsaved: 'Thay đổi chưa được lưu', yes: 'Đồng ý', no: 'Quay lại', confirm: 'Xin xác nhận',
    copied: 'Đã chép', copyFailed: 'Không chép được, hãy bôi đen rồi chép', sending: 'Đang gửi…',
    unsaid: 'không đọc', previewFailed: 'Chưa xem trước được: mất kết nối với máy chủ',
    checkFailed: 'Chưa kiểm tra được: mất kết nối với máy chủ. Hãy thử lại.',
    undo: 'Hoàn tác', replaced: 'Đã thay “{was}” bằng “{words}”.', removed: 'Đã bỏ “{was}” khỏi văn bản.',
    saveFailed: 'Chưa lưu được. Kiểm tra kết nối và quyền, rồi thử lại.',
    sentence: 'câu {k}', sentenceOf: 'câu {k}/{n}', passOf: 'lần {k}/{n}', sentenceBefore: 'Câu trước', sentenceAfter: 'Câu sau',
    micInsecure: 'Trình duyệt chỉ cho thu âm khi trang mở bằng https:// hoặc ngay trên máy chủ. Hãy tải tệp lên, hoặc báo người quản trị mở https.',
    micUnsupported: 'Trình duyệt này không thu âm được. Hãy dùng Chrome, Edge, Firefox hay Safari mới, hoặc tải tệp lên.',
    micRefused: 'Chưa được dùng micrô. Bấm biểu tượng ổ khóa hay micrô ở thanh địa chỉ, cho phép micrô, rồi bấm thu lại.',
    micMissing: 'Không thấy micrô nào. Cắm micrô rồi bấm thu lại, hoặc tải tệp lên.',
    micBusy: 'Không mở được micrô: có thể chương trình khác đang dùng. Đóng chương trình đó rồi bấm thu lại.',
    micAsking: 'Đang xin dùng micrô…', recordingNow: 'Đang thu. Nói rõ, cách micrô một gang tay.', micLow: 'Tiếng nhỏ quá, hãy nói gần micrô hơn.', micHigh: 'Tiếng to quá, hãy lùi xa micrô.',
    recordingFull: 'Đã đủ {minutes} phút nên tự dừng.', recordingShort: 'Bản thu chưa tới 1 giây. Bấm thu lại.', recordingDropped: 'Đã bỏ, không giữ gì.',
    uploading: 'Đang tải lên, {percent} %', checking: 'Đã gửi xong, đang kiểm tra…', uploadLost: 'Mất kết nối khi tải lên. Bản thu vẫn còn ở đây, đừng đóng trang.', uploadSignedOut: 'Phiên làm việc đã hết. Mở thẻ khác để đăng nhập, rồi gửi lại; bản thu vẫn còn ở đây.',
    uploadLarge: 'Tệp lớn {size} MB, quá giới hạn {limit} MB. Hãy lưu lại thành M4A hoặc MP3, hoặc cắt ngắn.', uploadFailed: 'Máy chủ chưa nhận được bản thu. Hãy thử lại.',
    recordingReady: 'Đã tải lên và kiểm tra xong.', recordingUsed: 'Bản tin dùng bản thu này. Nhớ lưu.', recordingGone: 'Đã bỏ bản thu; bản tin đọc bằng giọng máy.',
    recordingFirst: 'Hãy dừng thu, rồi dùng hoặc bỏ bản thu trước khi lưu.', candidateFirst: 'Hãy chọn dùng bản thu này hay bỏ, rồi lưu.', uploadFirst: 'Bản thu chưa tải lên xong. Chờ xong, hoặc bỏ, rồi lưu.',
    waveKeys: 'Phím cách: nghe hoặc dừng. Mũi tên: 2 giây. Shift và mũi tên: một câu.',
  },
  en: {
    play: 'Play', pause: 'Pause', seek: 'Position', speed: 'Speed',
    heard: 'Heard {percent}%, at least {needed}% needed', heardEnough: 'Heard enough',
    soundFailed: 'The sound cannot be opened. Reload the page and try again.',
    soon: 'right now', lost: 'Connection lost, trying again', back: 'Connected again',
    reading: 'Reading…', readingFailed: 'Not read yet: the server cannot be reached, trying again',
    characters: '{count} / {limit} characters', over: '{count} / {limit} characters, {over} too many',
    unsaved: 'Changes are not saved', yes: 'Yes', no: 'Go back', confirm: 'Please confirm',
    copied: 'Copied', copyFailed: 'Cannot copy; select the text and copy it', sending: 'Sending…',
    unsaid: 'not said', previewFailed: 'No preview yet: the server cannot be reached',
    checkFailed: 'Not checked: the server cannot be reached. Try again.',
    undo: 'Undo', replaced: 'Replaced “{was}” with “{words}”.', removed: 'Removed “{was}” from the text.',
    saveFailed: 'Not saved. Check the connection and your rights, then try again.',
    sentence: 'sentence {k}', sentenceOf: 'sentence {k}/{n}', passOf: 'pass {k}/{n}', sentenceBefore: 'Sentence before', sentenceAfter: 'Next sentence',
    micInsecure: 'Browsers record only on pages opened by https:// or on the server itself. Upload a file, or ask the administrator for https.',
    micUnsupported: 'This browser cannot record. Use a recent Chrome, Edge, Firefox or Safari, or upload a file.',
    micRefused: 'The microphone is not allowed. Press the lock or microphone in the address bar, allow it, and record again.',
    micMissing: 'No microphone found. Plug one in and record again, or upload a file.',
    micBusy: 'The microphone cannot be opened: another program may be using it. Close that and record again.',
    micAsking: 'Asking for the microphone…', recordingNow: 'Recording. Speak clearly, a hand away from the microphone.', micLow: 'Too soft, come nearer to the microphone.', micHigh: 'Too loud, move away from the microphone.',
    recordingFull: 'Stopped by itself after {minutes} minutes.', recordingShort: 'The recording is shorter than 1 second. Record again.', recordingDropped: 'Dropped, nothing is kept.',
    uploading: 'Uploading, {percent}%', checking: 'Sent, being checked…', uploadLost: 'The connection was lost. The recording is still here, do not close the page.', uploadSignedOut: 'The session has ended. Sign in in another tab, then send again; the recording is still here.',
    uploadLarge: 'The file has {size} MB, over the limit of {limit} MB. Save it as M4A or MP3, or shorten it.', uploadFailed: 'The server has not taken the recording. Try again.',
    recordingReady: 'Uploaded and checked.', recordingUsed: 'The bulletin uses this recording. Remember to save.', recordingGone: 'Recording removed; a voice reads the bulletin.',
    recordingFirst: 'Stop recording, then use or drop it before saving.', candidateFirst: 'Use this recording or drop it, then save.', uploadFirst: 'The recording is not uploaded yet. Wait, or drop it, then save.',
    waveKeys: 'Space: play or pause. Arrows: 2 seconds. Shift and arrows: one sentence.',
  },
};

/** The page's language: `vi` or `en`. */
export const language = document.documentElement.lang.startsWith('en') ? 'en' : 'vi';

/** Returns the words for `key` with `values` filled in. */
export function say(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
