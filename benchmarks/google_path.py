"""How long a bulletin takes by gTTS from a server that answers after 300 ms, and what that server is asked.

Run: `python benchmarks/google_path.py [--sentences 16] [--latency-ms 300] [--turns 3]`.  A server on loopback
speaks Google's protocol.  The bulletin is composed as a worker does it, with the cache of sentences: two at a
time as always, and through a voice that lets one speak after the other, in turns; once with the pause between
requests that the settings give and once without any.  It prints and asserts nothing.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio import mastering
from audio.composing import Composed, compose
from audio.pcm import Pcm
from audio.pcm_cache import PcmCache
from audio.recipe import Recipe
from audio.voices.espeak import EspeakVoice
from audio.voices.gtts import GttsVoice, Manner
from audio.voices.registry import Voices
from content.clock import SystemClock
from content.settings import Settings
from tests.audio.google_server import GoogleServer, google

_STREETS = ("Hoa Sen", "Bờ Hồ", "Chợ Cũ", "Ga Xép", "Đình Làng", "Cầu Gỗ", "Trại Gà", "Xóm Lò")


class Late(threading.Event):
    """A gate that lets every answer through after a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 (the gate's own time counts)
        """Wait the whole while."""
        return super().wait(self._seconds)


class OneByOne(GttsVoice):
    """The same voice, one sentence after the other."""

    _turn = threading.Lock()

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return one utterance, when nobody else is being answered."""
        with self._turn:
            return super().speak(text, limit_s=limit_s)


@dataclass(frozen=True)
class Taken:
    """Seconds until the last sentence was spoken, and until the clip was finished."""

    speaking: float
    whole: float


def _recipe(sentences: int, *, edited: bool = False) -> Recipe:
    said = [
        f"Tổ dân phố {_STREETS[n % len(_STREETS)]} họp vào tối thứ {1 + n % 5} tuần {'ABCDEFGHIKLM'[n % 12]}."
        for n in range(sentences)
    ]
    if edited:
        said[sentences // 2] = said[sentences // 2][:-1] + " tại nhà văn hoá."
    return Recipe.of(" ".join(said), title="Thử", programme=None, voices=("gtts",))


def _made(voice: GttsVoice, recipe: Recipe, cache: PcmCache) -> tuple[Taken, Composed]:
    begun, spoken = perf_counter(), [0.0]

    def on_sentence(done: int, total: int, _made_ms: int) -> None:
        if done == total and not spoken[0]:
            spoken[0] = perf_counter() - begun

    made = compose(recipe, Voices([voice]), on_sentence, cache=cache)
    return Taken(spoken[0], perf_counter() - begun), made


def _fresh(kind: type[GttsVoice], server: GoogleServer, recipe: Recipe, pause_ms: int) -> Taken:
    """Compose once with nothing spoken before, by children that have been started."""
    with TemporaryDirectory() as folder:
        voice = kind(SystemClock(), Path(folder) / "voices", Manner(url=server.url, pause_ms=pause_ms))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda text: voice.speak(text, limit_s=20), ("Chào bà con.", "Chào các cụ.")))
        return _made(voice, recipe, PcmCache(Path(folder)))[0]


def _compare(server: GoogleServer, recipe: Recipe, pause_ms: int, turns: int) -> None:
    pairs = [
        (_fresh(OneByOne, server, recipe, pause_ms), _fresh(GttsVoice, server, recipe, pause_ms))
        for _ in range(turns)
    ]
    for what in ("speaking", "whole"):
        one, two = (median(getattr(pair[n], what) for pair in pairs) for n in range(2))
        ratio = median(getattr(single, what) / getattr(double, what) for single, double in pairs)
        told = f"{one:5.2f} s one by one, {two:5.2f} s two at a time, ratio {ratio:.2f}"
        print(f"  pause {pause_ms:3} ms, {'speaking' if what == 'speaking' else 'whole clip':10} {told}")


def _count(server: GoogleServer, sentences: int) -> None:
    """Compose, compose again, compose with one sentence edited, and count what was asked."""
    with TemporaryDirectory() as folder:
        voice = GttsVoice(SystemClock(), Path(folder) / "voices", Manner(url=server.url, pause_ms=0))
        cache = PcmCache(Path(folder))
        asked: list[Counter[str]] = []
        for edited in (False, False, True):
            server.asked.clear()
            _made(voice, _recipe(sentences, edited=edited), cache)
            asked.append(Counter(wish[0] for wish in server.asked))
    print(f"  {len(_recipe(sentences).sentences)} sentences, requests: {asked[0].total()} at first, "
          f"{asked[1].total()} the second time, {asked[2].total()} after an edit of one")  # fmt: skip
    print(f"  a sentence asked for more than once: {sum(n > 1 for n in sum(asked, Counter()).values())}")


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sentences", type=int, default=16)
    options.add_argument("--latency-ms", type=int, default=300)
    options.add_argument("--turns", type=int, default=3)
    asked = options.parse_args()
    pcm = EspeakVoice().speak("Tổ dân phố họp vào tối thứ hai tuần này.", limit_s=20)
    sound = mastering.encoded(pcm, mastering.Settings(0.0, -1.9))
    recipe = _recipe(asked.sentences)
    with google(sound) as server:
        server.gate = Late(asked.latency_ms / 1000)
        print(
            f"{asked.sentences} sentences, answers after {asked.latency_ms} ms, median of {asked.turns} turns"
        )
        for pause_ms in (Settings.model_fields["gtts_pause_ms"].default, 0):
            _compare(server, recipe, pause_ms, asked.turns)
        print(f"  most requests at once: {server.most_at_once}")
        _count(server, asked.sentences)


if __name__ == "__main__":
    main()
