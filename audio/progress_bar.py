"""A bar on a terminal: how many sentences are spoken, how many seconds made.  Elsewhere it says nothing."""

from __future__ import annotations

from typing import Self, TextIO

_WIDTH = 24
_CLEAR = "\r\x1b[K"


class ProgressBar:
    """Draws on `stream` when that is a terminal; as a context it wipes its line away in the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._last: tuple[int, int, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._draw("")

    def __call__(self, done: int, total: int, made_ms: int) -> None:
        """Show the progress; told the same once more, the words are spoken and the sound is mastered."""
        doing = "chỉnh độ to" if self._last == (done, total, made_ms) else f"câu {done}/{total}"
        self._last = (done, total, made_ms)
        self._draw(f"[{bar(done, total)}] {doing}, {made_ms / 1000:.0f} giây tiếng")

    def _draw(self, line: str) -> None:
        if self._shown:
            self._stream.write(_CLEAR + line)
            self._stream.flush()


def bar(done: int, total: int) -> str:
    """Return a bar of a fixed width."""
    full = _WIDTH * done // total if total else 0
    return "#" * full + "." * (_WIDTH - full)
