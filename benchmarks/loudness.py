"""Fifty varied clips, and how loud and high each is as decoded, by ffmpeg's own ebur128 and none of our code.

Run: `python benchmarks/loudness.py [--count 50] [--show]`.  The clips are composed as on air: three voices,
1 to 90 seconds, with and without the shape for horns, the tones before the words, one to three readings, and
recordings made here: far too soft, far too loud and clipped, with noise, with long silences, a bare tone.
The rule: −16 LUFS ± 0.5 (± 1 under 3 seconds) and at most −1 dBTP.  It prints and asserts nothing.
"""

from __future__ import annotations

import argparse
import array
import math
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio import composing
from audio.pcm import Pcm
from audio.reading import sentences
from audio.recipe import Recipe
from audio.voices.espeak import ACCENTS, EspeakVoice
from audio.voices.registry import Voices
from benchmarks.bulletins import bulletins
from tests.audio.loudness import measured

_TARGET, _HIGHEST = -16.0, -1.0
_TOLERANCE, _SHORT_TOLERANCE = 0.5, 1.0
_SHORT_MS = 3000
_LENGTHS_S = (1, 2, 3, 5, 8, 12, 20, 35, 60, 90)
_LEADS = (None, "chime", "attention")
_FULL = 32_767
_REPEATS, _RECORDED = (1, 1, 2, 1, 1, 3, 1), 5


@dataclass(frozen=True)
class Measured:
    """A clip: what it was, ms, LUFS, dBTP, mastering rounds."""

    what: str
    duration_ms: int
    lufs: float
    peak: float
    rounds: int

    @property
    def off(self) -> float:
        """How far it is from the target, LU."""
        return abs(self.lufs - _TARGET)

    @property
    def good(self) -> bool:
        """Whether it keeps the rule."""
        return (
            self.off <= (_SHORT_TOLERANCE if self.duration_ms < _SHORT_MS else _TOLERANCE)
            and self.peak <= _HIGHEST
        )


class Shelf:
    """Recordings by name, as composing asks for them."""

    def __init__(self, held: dict[str, Pcm]) -> None:
        self._held = held

    def pcm(self, sha256: str) -> Pcm:
        """Return the sound of that name."""
        return self._held[sha256]


def _changed(pcm: Pcm, change: Callable[[int, int], float]) -> Pcm:
    """Return each sample changed by its place and height, clipped to what 16 bits hold."""
    values = (change(n, value) for n, value in enumerate(array.array("h", pcm.samples)))
    kept = array.array("h", (max(-_FULL, min(_FULL, round(value))) for value in values))
    return Pcm(kept.tobytes(), pcm.rate)


def _recordings() -> dict[str, Pcm]:
    chance, voice = random.Random(5), EspeakVoice()  # noqa: S311 (the same recordings in every run)
    said = b"".join(voice.speak(one, limit_s=30).samples for one in sentences(bulletins(1, seconds=20)[0]))
    speech = Pcm(said, 22_050)
    silence = Pcm(bytes(2 * 22_050 * 8), 22_050)
    return {
        "soft": _changed(speech, lambda _n, value: value * 0.02),
        "very soft, with hiss": _changed(speech, lambda _n, value: value * 0.01 + chance.gauss(0, 8)),
        "clipped": _changed(speech, lambda _n, value: value * 6.0),
        "noisy street": _changed(speech, lambda _n, value: value * 0.4 + chance.gauss(0, 900)),
        "long silences": Pcm(silence.samples + said[: 2 * 22_050 * 6] + silence.samples, 22_050),
        "bursts": _changed(speech, lambda n, value: value * (3.0 if n // 11_025 % 4 == 0 else 0.15)),
        "tone": _changed(silence, lambda n, _value: 9000 * math.sin(n * 2 * math.pi * 440 / 22_050)),
        "music-like": _changed(
            silence, lambda n, _value: sum(3000 * math.sin(n * h * 0.0312) for h in (1, 1.5, 2, 3.1, 40))
        ),
        "a word at 8 kHz": Pcm(said[: 2 * 8000 * 2], 8000),
        "half a sentence at 48 kHz": Pcm(said[: 2 * 48_000 * 2], 48_000),
    }


def _recipes(count: int, names: list[str]) -> list[tuple[str, Recipe]]:
    """Return varied recipes: each length by turns, every fifth a recording."""
    made = []
    accents = [accent.name for accent in ACCENTS.values()]
    for n in range(count):
        horn, lead, repeat = n % 2 == 1, _LEADS[n % 7 % len(_LEADS)], _REPEATS[n % len(_REPEATS)]
        if n % _RECORDED == _RECORDED - 1:
            name = names[n // _RECORDED % len(names)]
            told, recipe = (
                name,
                Recipe.of_recording(name, title="Thử", programme=None, lead=lead, horn=horn),
            )
        else:
            voice, seconds = accents[n % len(accents)], _LENGTHS_S[n // 5 % len(_LENGTHS_S)] / repeat
            told = f"{voice} x{repeat}"
            recipe = Recipe.of(
                _words(seconds, n),
                title="Thử",
                programme=None,
                voices=(voice,),
                repeat=repeat,
                lead=lead,
                horn=horn,
            )
        made.append((f"{told}, lead {lead}, horn {horn}", recipe))
    return made


def _words(seconds: float, seed: int) -> str:
    """Return words that last about so long; a few of them when it is very short."""
    text = bulletins(1, seconds=max(3.0, seconds), seed=seed)[0]
    return text if seconds * 1000 > _SHORT_MS else " ".join(text.split()[: max(1, int(seconds * 2))])


def _clip(what: str, recipe: Recipe, shelf: Shelf, file: Path) -> Measured:
    voices, told = Voices([EspeakVoice(accent=accent) for accent in ACCENTS]), list[tuple[int, ...]]()
    made = composing.compose(recipe, voices, lambda *done: told.append(done), recordings=shelf)
    file.write_bytes(made.master.data)
    rounds = len(told) - max(1, len(recipe.sentences))
    return Measured(what, made.master.loudness.duration_ms, *measured(file), rounds)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=50)
    options.add_argument("--show", action="store_true")
    asked = options.parse_args()
    recordings = _recordings()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "clip.mp3"
        recipes = _recipes(asked.count, list(recordings))
        found = [_clip(what, recipe, Shelf(recordings), file) for what, recipe in recipes]
    for one in found:
        if asked.show or not one.good:
            heard = f"{one.lufs:6.1f} LUFS {one.peak:6.1f} dBTP {one.duration_ms / 1000:6.1f} s"
            print(f"  {heard}  {one.rounds} rounds  {one.what}")
    _tell(found)


def _tell(found: list[Measured]) -> None:
    long = [one for one in found if one.duration_ms >= _SHORT_MS]
    short = [one for one in found if one.duration_ms < _SHORT_MS]
    lengths, heard = [one.duration_ms / 1000 for one in found], [one.lufs for one in found]
    print(f"{len(found)} clips of {min(lengths):.1f} to {max(lengths):.1f} s, decoded, by ffmpeg's ebur128")
    for told, clips, tolerance in (
        ("from 3 s on, within 0.5 LU of -16", long, _TOLERANCE),
        ("shorter, within 1 LU of -16", short, _SHORT_TOLERANCE),
        ("all, within 0.5 LU of -16", found, _TOLERANCE),
    ):
        print(f"  {told:35} {sum(one.off <= tolerance for one in clips)} of {len(clips)}")
    print(
        f"  all, at most -1 dBTP                {sum(one.peak <= _HIGHEST for one in found)} of {len(found)}"
    )
    print(f"  loudness                            {min(heard):.1f} to {max(heard):.1f} LUFS")
    print(f"  highest peak                        {max(one.peak for one in found):.1f} dBTP")
    print(f"  mastering rounds                    {sum(one.rounds for one in found) / len(found):.2f} a clip")


if __name__ == "__main__":
    main()
