"""What the benchmarks of hearing share: twenty sentences, the recogniser, the character error rate."""

from __future__ import annotations

import importlib
import re
import wave
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audio.pcm import Pcm

_SENTENCES = Path(__file__).with_name("heard.tsv")
_MARKS = re.compile(r"[^\w\s]|_")


def sentences_heard() -> list[tuple[str, str]]:
    """Return the raw sentences, each with its words set down by hand."""
    lines = _SENTENCES.read_text(encoding="utf-8").splitlines()
    return [(raw, words) for raw, _, words in (line.partition("\t") for line in lines)]


def plain(text: str) -> str:
    """Return words in small letters without marks."""
    return " ".join(_MARKS.sub(" ", text.lower()).split())


def error_rate(heard: str, words: str) -> float:
    """Return the character error rate of what was heard."""
    wanted = plain(words)
    return _distance(plain(heard), wanted) / len(wanted)


class Recogniser:
    """The recogniser of the package viet-asr (extra `bench`); its model is inside, it needs no network."""

    def __init__(self) -> None:
        self._pipeline: Any = importlib.import_module("vietasr").Pipeline.preset("transcribe")

    def heard(self, pcm: Pcm) -> str:
        """Write down what is said."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "said.wav"
            with wave.open(str(path), "wb") as file:
                file.setparams((1, 2, pcm.rate, 0, "NONE", "not compressed"))
                file.writeframes(pcm.samples)
            return str(self._pipeline.transcribe(str(path)).text)


def _distance(first: str, second: str) -> int:
    """Return the least number of characters to put in, take out or change."""
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, 1):
        above, row[0] = row[0], i
        for j, right in enumerate(second, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (left != right))
    return row[-1]
