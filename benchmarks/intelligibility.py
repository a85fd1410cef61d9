"""How well the offline voice is understood, before and after mastering, beside plain `vi` at 150 words/min.

Run: `python benchmarks/intelligibility.py [--times 1] [--accents]` after `pip install '.[bench]'`.  The
words set down by hand in heard.tsv are spoken each way and written down by the recogniser viet-asr; the
figure is the mean character error rate, whose noise from run to run is about 0.03.  It asserts nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio import ffmpeg, mastering
from audio.joining import Spoken, joined
from audio.pcm import Pcm
from audio.reading import sentences
from audio.voices import espeak_launcher
from audio.voices.espeak import ACCENTS, WORDS_PER_MINUTE
from benchmarks.hearing import Recogniser, error_rate, sentences_heard

_LIMIT_S = 30.0
_OURS = ACCENTS["north"].variant
Way = Callable[[str], Pcm]


def _said(words: str, voice: str, words_per_minute: int) -> Pcm:
    """Let one of the engine's voices say the words, joined as in a clip."""

    def say(piece: str) -> Pcm:
        return espeak_launcher.speak(piece, voice=voice, words_per_minute=words_per_minute, limit_s=_LIMIT_S)

    return joined([Spoken(piece, say(piece)) for piece in sentences(words)])


def _mastered(pcm: Pcm, *, horn: bool = False) -> Pcm:
    """Master as for air and decode the MP3 again."""
    return ffmpeg.decode(mastering.master(pcm, title="Thử", programme=None, horn=horn).data)


def _ways(*, accents: bool) -> dict[str, Way]:
    ways: dict[str, Way] = {
        "offline voice, before mastering": lambda words: _said(words, _OURS, WORDS_PER_MINUTE),
        "offline voice, after mastering": lambda words: _mastered(_said(words, _OURS, WORDS_PER_MINUTE)),
        "offline voice, mastered for horns": lambda words: _mastered(
            _said(words, _OURS, WORDS_PER_MINUTE), horn=True
        ),
        "plain vi at 150 words a minute": lambda words: _said(words, "vi", 150),
        "the same, after mastering": lambda words: _mastered(_said(words, "vi", 150)),
    }
    for accent in ("central", "south") if accents else ():
        variant = ACCENTS[accent].variant
        ways[f"{accent} accent, before mastering"] = lambda words, v=variant: _said(  # type: ignore[misc]
            words, v, WORDS_PER_MINUTE
        )
    return ways


def main() -> None:
    """Print the character error rates."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=20)
    options.add_argument("--times", type=int, default=1, help="each sentence is heard so many times")
    options.add_argument("--accents", action="store_true")
    asked = options.parse_args()
    recogniser = Recogniser()
    ways = _ways(accents=asked.accents)
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _, words in sentences_heard()[: asked.count]:
        for way, say in ways.items():
            pcm = say(words)
            heard = [error_rate(recogniser.heard(pcm), words) for _ in range(asked.times)]
            rates[way].append(mean(heard))
    before, after, _, other, mastered = (mean(found) for found in list(rates.values())[:5])
    print(f"{asked.count} sentences, heard {asked.times} times each by viet-asr, mean character error rate")
    for way, found in rates.items():
        print(f"  {way:34} {mean(found):.3f}")
    print(f"  after less before mastering        {after - before:+.3f}")
    print(f"  plain vi less ours, both before    {other - before:+.3f}")
    print(f"  plain vi less ours, both after     {mastered - after:+.3f}")
    print(f"  plain vi less ours mastered        {other - after:+.3f}")


if __name__ == "__main__":
    main()
