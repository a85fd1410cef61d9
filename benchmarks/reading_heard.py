"""How well the offline voice is understood when it is fed our reading, and when it is fed the raw text.

Run: `python benchmarks/reading_heard.py [--show]` after `pip install '.[bench]'`. Each sentence of heard.tsv
is spoken both ways by eSpeak NG and written down by the recogniser viet-asr (its model is inside, offline);
what it wrote is compared, character by character, with words set down by hand. It only prints.
"""

from __future__ import annotations

import importlib
import re
import sys
import tempfile
import wave
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio.reading import sentences, spoken
from audio.voices.espeak import EspeakVoice

_LIMIT_S = 30.0
_SENTENCES = Path(__file__).with_name("heard.tsv")
_MARKS = re.compile(r"[^\w\s]|_")
_RATE_OF_SILENCE = 4


def _load() -> list[tuple[str, str]]:
    """Give the raw sentences and their words."""
    lines = _SENTENCES.read_text(encoding="utf-8").splitlines()
    return [(raw, words) for raw, _, words in (line.partition("\t") for line in lines)]


def _plain(text: str) -> str:
    """Give words in small letters without marks."""
    return " ".join(_MARKS.sub(" ", text.lower()).split())


def _distance(first: str, second: str) -> int:
    """Give the least number of characters to put in, take out or change."""
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, 1):
        above, row[0] = row[0], i
        for j, right in enumerate(second, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (left != right))
    return row[-1]


def _record(voice: EspeakVoice, pieces: tuple[str, ...], path: Path) -> None:
    """Let the voice say some pieces into a WAV file, with a short silence after each."""
    with wave.open(str(path), "wb") as file:
        for place, piece in enumerate(pieces):
            pcm = voice.speak(piece, limit_s=_LIMIT_S)
            if not place:
                file.setparams((1, 2, pcm.rate, 0, "NONE", "not compressed"))
            file.writeframes(pcm.samples + bytes(2 * (pcm.rate // _RATE_OF_SILENCE)))


def _error(heard: str, words: str) -> float:
    """Give the character error rate of what was heard."""
    wanted = _plain(words)
    return _distance(_plain(heard), wanted) / len(wanted)


def main() -> None:
    """Print the character error rates."""
    recogniser = importlib.import_module("vietasr").Pipeline.preset("transcribe")
    voice = EspeakVoice()
    rates: dict[str, list[float]] = {"reading": [], "raw": []}
    words_right = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        for raw, words in _load():
            said = spoken(raw)
            words_right += _plain(said) == _plain(words)
            for way, pieces in (("reading", sentences(said)), ("raw", (raw,))):
                _record(voice, pieces, path)
                heard = recogniser.transcribe(str(path)).text
                rates[way].append(_error(heard, words))
                if "--show" in sys.argv:
                    print(f"{rates[way][-1]:.2f} {way:8}{heard}")
    better = sum(ours < theirs for ours, theirs in zip(rates["reading"], rates["raw"], strict=True))
    count = len(rates["raw"])
    print(f"{count} sentences, voice {voice.fingerprint}, recogniser viet-asr")
    print(f"  reading equal to the words set down by hand   {words_right} of {count}")
    print(f"  character error rate, fed our reading         {mean(rates['reading']):.2f}")
    print(f"  character error rate, fed the raw text        {mean(rates['raw']):.2f}")
    print(
        f"  raw / reading                                 {mean(rates['raw']) / mean(rates['reading']):.2f}"
    )
    print(f"  sentences better understood with the reading  {better} of {count}")


if __name__ == "__main__":
    main()
