"""piper, an optional neural engine: offline, with a voice file that the site supplies."""

from __future__ import annotations

import functools
import importlib.metadata
import threading
from pathlib import Path

from audio.pcm import Pcm
from audio.voices import piper_file
from audio.voices.base import Availability, Voice, checked_text
from audio.voices.piper_file import VoiceFile
from audio.voices.standing import Children
from content.clock import Clock
from content.errors import LoaPhuongError, UnavailableError
from content.settings import Settings
from content.text import msgid

_IDLE_S = 300.0


class PiperVoice:
    """Speaks through one process that holds the voice (some 200 MB); callers take turns."""

    name = "piper"
    title = msgid("Piper (giọng máy học, không cần mạng)")
    sends_text_out = False

    def __init__(self, clock: Clock, file: Path | None, *, language: str = "vi") -> None:
        self._clock = clock
        self._file = file
        self._language = language
        self._turn = threading.Lock()
        self._children = Children("audio.voices.piper_child", voice=self.name, idle_s=_IDLE_S)
        self._known: tuple[tuple[int, ...], str] | None = None

    @property
    def fingerprint(self) -> str:
        """Version, and sha256 of the voice file and its description; UnavailableError when there is none."""
        path = self._looked().path
        return f"piper {_version()} {self._sha256(path)}"

    @property
    def licence(self) -> str:
        """The licence of the voice file, as its description or its card names it."""
        try:
            return self._looked().licence
        except LoaPhuongError:
            return ""

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return one utterance."""
        said, path = checked_text(text), self._looked().path.absolute()
        wish = {"text": said, "model": str(path), "sha256": self._sha256(path)}
        end = self._clock.monotonic() + limit_s
        if not self._turn.acquire(timeout=limit_s):
            raise UnavailableError("Giọng piper còn bận đọc câu khác sau {limit} giây.", limit=limit_s)
        try:
            answer = self._children.ask(wish, limit_s=max(0.1, end - self._clock.monotonic()))
        finally:
            self._turn.release()
        if not answer.data:
            raise UnavailableError("Giọng piper không phát ra tiếng nào.")
        return Pcm(answer.data, answer.facts["rate"])

    def availability(self) -> Availability:
        """Look whether the package and the voice file are there and fit; the voice is not loaded."""
        try:
            file = self._looked()
        except LoaPhuongError as error:
            return Availability(False, str(error))
        return Availability(
            True, f"tệp giọng {file.path.name} ({file.language}, {file.rate} Hz) có sẵn trên máy"
        )

    def _looked(self) -> VoiceFile:
        if not _version():
            raise UnavailableError("chưa cài gói piper-tts trên máy này (pip install 'loaphuong[piper]')")
        if self._file is None:
            raise UnavailableError("chưa có tệp giọng: đặt LOAPHUONG_PIPER_VOICE thành đường dẫn tệp .onnx")
        return piper_file.look(self._file, language=self._language)

    def _sha256(self, path: Path) -> str:
        """Return the file's sha256, counted again only when the file has been replaced."""
        signature = piper_file.signature_of(path)
        if self._known is None or self._known[0] != signature:
            self._known = (signature, piper_file.sha256_of(path))
        return self._known[1]


def piper(settings: Settings, clock: Clock) -> Voice:
    """Return the voice `piper`, as the settings have it."""
    return PiperVoice(clock, settings.piper_voice, language=settings.piper_language)


@functools.cache
def _version() -> str:
    """Return the version of the package, or nothing where it is not installed."""
    try:
        return importlib.metadata.version("piper-tts")
    except importlib.metadata.PackageNotFoundError:
        return ""
