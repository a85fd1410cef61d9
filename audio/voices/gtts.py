"""Google's Vietnamese voice, through gTTS: human-like, and gone whenever the network is."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential

from audio import ffmpeg
from audio.pcm import Pcm
from audio.plain_text import sayable
from audio.voices import asking
from audio.voices.base import Availability, Voice, checked_text
from audio.voices.breaker import Breaker
from audio.voices.child import ChildError
from audio.voices.google_answer import AnswerError, Fault
from audio.voices.last_failed import LastFailed
from audio.voices.last_spoke import LastSpoke
from audio.voices.pace import take_turn
from audio.voices.slots import slot
from audio.voices.splitting import parts_of
from audio.voices.standing import Answer, Children
from content.clock import Clock
from content.errors import ConfigurationError, InvalidInputError, UnavailableError
from content.settings import Settings
from content.text import msgid

TLDS = ("com", "com.vn", "com.hk", "com.sg", "com.tw", "co.jp", "co.kr", "co.th", "com.au", "co.uk")
PART_LIMIT = 100
AT_A_TIME = 2
TRIES = 3
MOST_IN_A_ROW = 3
"""So many different sentences without sound are no matter of the sentences any more."""
TOTAL_LIMIT_S = 25.0
PAUSE_MS = 200
THROTTLED_PAUSE_S = 300
_IDLE_S = 30.0
_WORTH_S = 1.0
"""A request that has less time than this is not worth sending again."""
_TOLD = {
    Fault.UNREACHABLE: "không tới được máy chủ của Google",
    Fault.UNTRUSTED: "chứng chỉ TLS của máy chủ không đáng tin",
    Fault.THROTTLED: "Google tạm chặn vì hỏi quá nhiều (429)",
    Fault.REFUSED: "Google từ chối (mã {status})",
    Fault.NOT_SOUND: "máy chủ trả về một trang không phải âm thanh",
    Fault.NO_SOUND: "Google trả lời mà không có tiếng",
    Fault.TRUNCATED: "tiếng Google gửi về bị cắt cụt",
}
_OF_THE_TEXT = {Fault.NO_SOUND, Fault.TRUNCATED}
_PASSING = {Fault.UNREACHABLE, *_OF_THE_TEXT}
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Manner:
    """How Google is asked: domain, another address (tests), ms between requests, seconds for an utterance."""

    tld: str = "com.vn"
    url: str | None = None
    pause_ms: int = PAUSE_MS
    total_limit_s: float = TOTAL_LIMIT_S


class GttsVoice:
    """Asks Google, at most two at a time over all workers, and not at all for a while after a failure."""

    name = "gtts"
    title = msgid("Google (giọng nữ tự nhiên, cần mạng)")
    licence = msgid("gTTS: MIT; tiếng do Google Dịch đọc, theo điều khoản của Google")
    sends_text_out = True

    def __init__(self, clock: Clock, folder: Path, manner: Manner | None = None) -> None:
        self._clock = clock
        self._folder = folder
        self._manner = _checked(manner or Manner())
        self._breaker = Breaker(folder / "gtts.json", clock)
        self._last = LastSpoke(folder / "gtts-spoke", clock)
        self._failed = LastFailed(folder / "gtts-failed", clock)
        self._children = Children("audio.voices.gtts_child", voice=self.name, idle_s=_IDLE_S)

    @functools.cached_property
    def fingerprint(self) -> str:
        """Version and domain; Google's own voice may change unseen."""
        return f"gtts {importlib.metadata.version('gtts')} vi/{self._manner.tld}"

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return one utterance; a failure of the network or of Google opens the breaker."""
        text = checked_text(text)
        parts = [part for part in parts_of(text, PART_LIMIT) if sayable(part)]
        limit_s = min(limit_s, self._manner.total_limit_s)
        end = self._clock.monotonic() + limit_s
        with self._breaker.asking(limit_s=limit_s):
            try:
                pcm = _decoded(b"".join([self._part(part, end) for part in parts]))
            except AnswerError as error:
                raise self._failure(error, text) from error
        self._last.note()
        self._failed.forget()
        return pcm

    def availability(self) -> Availability:
        """Look at what was noted before; the network is not asked."""
        if importlib.util.find_spec("gtts") is None:
            return Availability(False, "chưa cài gói gTTS trên máy này")
        spoke_at, trip, failed = self._last.at(), self._breaker.last(), self._failed.last()
        can_speak, why, until = True, "", None
        if trip and self._clock.now() < trip.until:
            can_speak, why, until = False, trip.why, trip.until
        elif trip:
            why = f"vừa nghỉ vì {trip.why}; lần tới sẽ thử lại"
        elif not (spoke_at or failed):
            why = "chưa thử lần nào trên máy này"
        at, failed_why = (failed.at, failed.why) if failed else (None, "")
        return Availability(can_speak, why, until, spoke_at, at, failed_why)

    def _part(self, text: str, end: float) -> bytes:
        """Ask for one part, and again, waiting longer each time, as long as time and the fault allow."""

        def given_up(state: RetryCallState) -> bool:
            late = self._clock.monotonic() + state.upcoming_sleep + _WORTH_S >= end
            return late or state.attempt_number >= TRIES

        def wait(seconds: float) -> None:
            self._clock.wait(asking.ended(), seconds)

        return Retrying(
            retry=retry_if_exception(_worth_another_try),
            stop=given_up,
            wait=wait_exponential(multiplier=0.5, max=4),
            sleep=wait,
            reraise=True,
        )(self._ask, text, end)

    def _ask(self, text: str, end: float) -> bytes:
        """Ask once, when a place and a turn are free; AnswerError when no sound came of it."""
        wish = {"text": text, "tld": self._manner.tld, "url": self._manner.url}
        with slot(self._folder, self._clock, count=AT_A_TIME, limit_s=self._left_s(end)):
            self._check_awake()
            take_turn(self._folder / "gtts-turn", self._clock, pause_ms=self._manner.pause_ms)
            asking.require()
            try:
                answer = self._children.ask(wish, limit_s=max(0.1, self._left_s(end)))
            except ChildError as error:
                raise AnswerError(Fault.UNREACHABLE) from error
        return _sound(answer)

    def _check_awake(self) -> None:
        """Ask no more when another worker has just been told to stop."""
        if trip := self._breaker.open_now():
            raise UnavailableError("Giọng Google đang nghỉ: {reason}.", reason=trip.why)

    def _left_s(self, end: float) -> float:
        return end - self._clock.monotonic()

    def _failure(self, error: AnswerError, text: str) -> UnavailableError:
        """Note the failure; what is no matter of this sentence, or not of it alone, opens the breaker."""
        why = _TOLD[error.fault].format(status=error.status)
        in_a_row = self._failed.note(why, text)
        if error.fault not in _OF_THE_TEXT or in_a_row >= MOST_IN_A_ROW:
            least_s = THROTTLED_PAUSE_S if error.fault is Fault.THROTTLED else 0
            self._breaker.trip(why, at_least_s=max(least_s, error.retry_after_s))
        return UnavailableError(
            "Giọng Google không đọc được: {reason}.", reason=why, fault=error.fault, status=error.status
        )


def gtts(settings: Settings, clock: Clock) -> Voice:
    """Return the voice `gtts`, as the settings have it."""
    manner = Manner(settings.gtts_tld, settings.gtts_url, settings.gtts_pause_ms)
    return GttsVoice(clock, settings.data_dir / "voices", manner)


def _sound(answer: Answer) -> bytes:
    facts = answer.facts
    if "fault" in facts:
        fault = Fault(facts["fault"])
        raise AnswerError(fault, status=facts["status"], retry_after_s=facts["retry_after_s"])
    return answer.data


def _decoded(sound: bytes) -> Pcm:
    try:
        return ffmpeg.decode(sound)
    except InvalidInputError as error:
        raise AnswerError(Fault.NOT_SOUND) from error


def _worth_another_try(error: BaseException) -> bool:
    """Tell a fault that may pass in seconds; a 429, a refusal, a page or a wish to be left alone will not."""
    if not isinstance(error, AnswerError) or error.retry_after_s:
        return False
    return error.fault in _PASSING or (error.status or 0) >= _SERVER_ERROR


def _checked(manner: Manner) -> Manner:
    if manner.tld not in TLDS:
        raise ConfigurationError(
            "LOAPHUONG_GTTS_TLD: không dùng được “{tld}”. Có thể chọn: {known}.",
            tld=manner.tld,
            known=", ".join(TLDS),
        )
    parts = urlsplit(manner.url or "https://translate.google.com")
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ConfigurationError(
            "LOAPHUONG_GTTS_URL: địa chỉ phải là https, hoặc http tới chính máy này.", field="gtts_url"
        )
    return manner
