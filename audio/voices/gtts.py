"""Google's Vietnamese voice, through gTTS: human-like, and gone whenever the network is."""

from __future__ import annotations

import base64
import importlib.metadata
import importlib.util
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from audio import ffmpeg
from audio.pcm import Pcm
from audio.voices.base import Availability, Voice, checked_text
from audio.voices.breaker import Breaker
from audio.voices.child import ChildError, run_child
from audio.voices.google_answer import Fault
from audio.voices.slots import slot
from content.clock import Clock
from content.errors import ConfigurationError, InvalidInputError, UnavailableError
from content.settings import Settings
from content.text import msgid

TLDS = ("com", "com.vn", "com.hk", "com.sg", "com.tw", "co.jp", "co.kr", "co.th", "com.au", "co.uk")
AT_A_TIME = 2
TOTAL_LIMIT_S = 25.0
THROTTLED_PAUSE_S = 300
_MODULE = "audio.voices.gtts_child"
_TOLD = {
    Fault.UNREACHABLE: "không tới được máy chủ của Google",
    Fault.THROTTLED: "Google tạm chặn vì hỏi quá nhiều (429)",
    Fault.REFUSED: "Google từ chối (mã {status})",
    Fault.NOT_SOUND: "máy chủ trả về một trang không phải âm thanh",
    Fault.NO_SOUND: "Google trả lời mà không có tiếng",
    Fault.TRUNCATED: "tiếng Google gửi về bị cắt cụt",
}
_OF_THE_TEXT = {Fault.NO_SOUND, Fault.TRUNCATED}


class GttsVoice:
    """Asks Google, at most two at a time over all workers, and not at all for a while after a failure."""

    name = "gtts"
    title = msgid("Google (giọng nữ tự nhiên, cần mạng)")
    licence = msgid("gTTS: MIT; tiếng do Google Dịch đọc, theo điều khoản của Google")
    sends_text_out = True

    def __init__(self, clock: Clock, folder: Path, *, tld: str = "com.vn", url: str | None = None) -> None:
        if tld not in TLDS:
            raise ConfigurationError(
                "LOAPHUONG_GTTS_TLD: không dùng được “{tld}”. Có thể chọn: {known}.",
                tld=tld,
                known=", ".join(TLDS),
            )
        _check_url(url)
        self._clock = clock
        self._folder = folder
        self._tld = tld
        self._url = url
        self._breaker = Breaker(folder / "gtts.json", clock)

    @property
    def fingerprint(self) -> str:
        """Version and domain; Google's own voice may change unseen."""
        return f"gtts {importlib.metadata.version('gtts')} vi/{self._tld}"

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return one utterance; a failure of the network or of Google opens the breaker."""
        said = checked_text(text)
        trip = self._breaker.open_now()
        if trip:
            raise UnavailableError("Giọng gtts đang nghỉ: {why}.", why=trip.why)
        parts = self._parts(said, min(limit_s, TOTAL_LIMIT_S))
        try:
            pcm = ffmpeg.decode(b"".join(parts))
        except InvalidInputError as error:
            raise self._failure(Fault.NOT_SOUND) from error
        self._breaker.succeeded()
        return pcm

    def availability(self) -> Availability:
        """Look at the breaker only; the network is not asked."""
        if importlib.util.find_spec("gtts") is None:
            return Availability(False, "chưa cài gói gTTS trên máy này")
        trip = self._breaker.open_now()
        if trip is None:
            return Availability(True, "chưa thử lần nào trên máy này")
        left_s = round((trip.until - self._clock.now()).total_seconds())
        return Availability(False, f"{trip.why}; thử lại sau {left_s} giây")

    def _parts(self, text: str, limit_s: float) -> list[bytes]:
        """Ask, and ask once more when the answer came without its sound: now and then it does."""
        try:
            return self._ask(text, limit_s)
        except UnavailableError as error:
            if error.facts.get("fault") not in _OF_THE_TEXT:
                raise
        return self._ask(text, limit_s)

    def _ask(self, text: str, limit_s: float) -> list[bytes]:
        wish = json.dumps({"text": text, "tld": self._tld, "url": self._url}).encode()
        with slot(self._folder, self._clock, count=AT_A_TIME, limit_s=limit_s):
            try:
                printed = run_child(_MODULE, wish, limit_s=limit_s, voice=self.name)
            except ChildError as error:
                raise self._failure(Fault.UNREACHABLE) from error
        answer: dict[str, Any] = json.loads(printed)
        if "fault" in answer:
            raise self._failure(Fault(answer["fault"]), answer["status"], answer["retry_after_s"])
        return [base64.b64decode(part) for part in answer["parts"]]

    def _failure(self, fault: Fault, status: int | None = None, retry_after_s: int = 0) -> UnavailableError:
        why = _TOLD[fault].format(status=status)
        if fault not in _OF_THE_TEXT:
            least_s = THROTTLED_PAUSE_S if fault is Fault.THROTTLED else 0
            self._breaker.trip(why, at_least_s=max(least_s, retry_after_s))
        return UnavailableError("Giọng gtts không đọc được: {why}.", why=why, fault=fault, status=status)


def gtts(settings: Settings, clock: Clock) -> Voice:
    """Return the voice `gtts`, as the settings have it."""
    return GttsVoice(clock, settings.data_dir / "voices", tld=settings.gtts_tld, url=settings.gtts_url)


def _check_url(url: str | None) -> None:
    """Let plain HTTP go to this machine only."""
    parts = urlsplit(url or "https://translate.google.com")
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ConfigurationError(
            "LOAPHUONG_GTTS_URL: địa chỉ phải là https, hoặc http tới chính máy này.", field="gtts_url"
        )
