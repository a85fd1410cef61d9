"""How well the offline voice is understood when it is fed our reading, and when it is fed the raw text.

Run: `python benchmarks/reading_heard.py [--show]` after `pip install '.[bench]'`. Each sentence of heard.tsv
is spoken both ways by eSpeak NG and written down by the recogniser viet-asr (its model is inside, offline);
what it wrote is compared, character by character, with words set down by hand. It only prints.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio.pcm import Pcm
from audio.reading import sentences, spoken
from audio.voices.espeak import EspeakVoice
from benchmarks.hearing import Recogniser, error_rate, plain, sentences_heard

_LIMIT_S = 30.0
_RATE_OF_SILENCE = 4


def _said(voice: EspeakVoice, pieces: tuple[str, ...]) -> Pcm:
    """Let the voice say some pieces, with a short silence after each."""
    spoken_ones = [voice.speak(piece, limit_s=_LIMIT_S) for piece in pieces]
    rate = spoken_ones[0].rate
    silence = bytes(2 * (rate // _RATE_OF_SILENCE))
    return Pcm(b"".join(one.samples + silence for one in spoken_ones), rate)


def main() -> None:
    """Print the character error rates."""
    recogniser, voice = Recogniser(), EspeakVoice()
    rates: dict[str, list[float]] = {"reading": [], "raw": []}
    words_right = 0
    for raw, words in sentences_heard():
        said = spoken(raw)
        words_right += plain(said) == plain(words)
        for way, pieces in (("reading", sentences(said)), ("raw", (raw,))):
            heard = recogniser.heard(_said(voice, tuple(pieces)))
            rates[way].append(error_rate(heard, words))
            if "--show" in sys.argv:
                print(f"{rates[way][-1]:.2f} {way:8}{heard}")
    better = sum(ours < theirs for ours, theirs in zip(rates["reading"], rates["raw"], strict=True))
    count, ours, theirs = len(rates["raw"]), mean(rates["reading"]), mean(rates["raw"])
    print(f"{count} sentences, voice {voice.fingerprint}, recogniser viet-asr")
    print(f"  reading equal to the words set down by hand   {words_right} of {count}")
    print(f"  character error rate, fed our reading         {ours:.2f}")
    print(f"  character error rate, fed the raw text        {theirs:.2f}")
    print(f"  raw / reading                                 {theirs / ours:.2f}")
    print(f"  sentences better understood with the reading  {better} of {count}")


if __name__ == "__main__":
    main()
