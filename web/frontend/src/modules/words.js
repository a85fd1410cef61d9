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
    saveFailed: 'Chưa lưu được. Kiểm tra kết nối và quyền, rồi thử lại.',
    sentence: 'câu {k}', sentenceOf: 'câu {k}/{n}', passOf: 'lần {k}/{n}', sentenceBefore: 'Câu trước', sentenceAfter: 'Câu sau',
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
    saveFailed: 'Not saved. Check the connection and your rights, then try again.',
    sentence: 'sentence {k}', sentenceOf: 'sentence {k}/{n}', passOf: 'pass {k}/{n}', sentenceBefore: 'Sentence before', sentenceAfter: 'Next sentence',
    waveKeys: 'Space: play or pause. Arrows: 2 seconds. Shift and arrows: one sentence.',
  },
};

/** The page's language: `vi` or `en`. */
export const language = document.documentElement.lang.startsWith('en') ? 'en' : 'vi';

/** Returns the words for `key` with `values` filled in. */
export function say(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
