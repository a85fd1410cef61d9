"""From a recipe to a finished clip: speak, join, master.  Knows no database."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from audio import mastering, tones
from audio.joining import Joiner, Spoken, Timing, peaks
from audio.library import Library
from audio.mastering import Master
from audio.parallel import in_parallel
from audio.pcm import Pcm
from audio.pcm_cache import PcmCache
from audio.recipe import Recipe
from audio.tape import Tape, TapeError
from audio.voices.asking import Asking, asking, require
from audio.voices.base import Voice
from audio.voices.registry import Voices
from content.errors import UnavailableError

SENTENCE_LIMIT_S = 30.0
AT_ONCE, LEAST_AT_ONCE = 4, 2
RECORDING = "recording"
"""What stands for the voice of a clip that is a recording."""
_TONES = {"chime": tones.chime, "attention": tones.attention}
_RECORDING_MARGIN_MS = 120
"""People begin and end more softly than voices do."""
_CODEC_MS = 46
"""What MP3 puts before the sound as it is decoded."""
OnSentence = Callable[[int, int, int], None]
"""Called with (sentences done, sentences in all, ms of sound made), and again before each mastering round."""
Reason = tuple[str, str]
"""A voice, as people call it, and why it does not speak."""
_log = logging.getLogger(__name__)


class Recordings(Protocol):
    """Where uploaded recordings are found."""

    def pcm(self, sha256: str) -> Pcm:
        """Return the sound of the uploaded bytes; NotFoundError when there are none of that name."""
        ...


@dataclass(frozen=True)
class ClipFacts:
    """What is known of a finished clip; `loudness_mlu`, `peak_mdb` are 1/1000 LUFS and dBTP, decoded.

    `timing` and `peaks` as in the table `clip`; `spoken` sentences were spoken now, `cached` before;
    `why_fallback` tells in Vietnamese why the recipe's first voice did not speak.
    """

    sha256: str
    bytes: int
    duration_ms: int
    media_type: str
    voice: str
    loudness_mlu: int
    peak_mdb: int
    timing: Sequence[Timing] = ()
    peaks: Sequence[int] = ()
    spoken: int = 0
    cached: int = 0
    why_fallback: str | None = None


@dataclass(frozen=True)
class Reel:
    """What was spoken: the tape, where each sentence sounds, by whom, how long, and as in `ClipFacts`."""

    tape: Tape
    timing: Sequence[Timing]
    voice: str
    made_ms: int
    spoken: int = 0
    cached: int = 0
    why_fallback: str | None = None


@dataclass(frozen=True)
class Composed:
    """A finished sound and how it came about, as in `ClipFacts`."""

    master: Master
    reel: Reel
    peaks: Sequence[int]

    @property
    def voice(self) -> str:
        """The name of the voice that spoke; `RECORDING` when none did."""
        return self.reel.voice


@dataclass(frozen=True)
class Studio:
    """What speaking needs besides the recipe; the parameters of `compose`."""

    voices: Voices
    on_sentence: OnSentence
    cache: PcmCache | None = None
    recordings: Recordings | None = None
    folder: Path | None = None
    look: Callable[[], object] = lambda: None
    permit: Callable[[], object] = lambda: None


def render(
    recipe: Recipe,
    voices: Voices,
    library: Library,
    on_sentence: OnSentence,
    *,
    cache: PcmCache | None = None,
    recordings: Recordings | None = None,
    look: Callable[[], object] = lambda: None,
    permit: Callable[[], object] = lambda: None,
) -> ClipFacts:
    """Make the recipe's clip and keep it in the library; parameters and errors as of `compose`."""
    folder = library.data_dir / "tmp"
    studio = Studio(voices, on_sentence, cache, recordings, folder, look, permit)
    made = _composed(recipe, studio)
    return facts_of(library.put(made.master.data), made)


def compose(
    recipe: Recipe,
    voices: Voices,
    on_sentence: OnSentence,
    *,
    cache: PcmCache | None = None,
    recordings: Recordings | None = None,
    folder: Path | None = None,
    look: Callable[[], object] = lambda: None,
    permit: Callable[[], object] = lambda: None,
) -> Composed:
    """Return the finished sound.  One voice speaks the whole clip, several sentences at a time.

    `folder` takes the samples while they are worked on.  `look` is called several times a second while
    sentences are spoken, `permit` on any thread before each request that sends words out; what they or
    `on_sentence` raise ends the work at once, and then nothing more is asked of anybody.  A sentence that
    stands there twice is spoken once.  Raises UnavailableError when no wanted voice can speak now or the
    disk refuses, NotFoundError when the recording is gone.
    """
    return _composed(recipe, Studio(voices, on_sentence, cache, recordings, folder, look, permit))


def _composed(recipe: Recipe, studio: Studio) -> Composed:
    reel = _play_in(recipe, recipe.recording, studio) if recipe.recording else _speak_all(recipe, studio)
    with reel.tape as tape:
        master = mastering.master(
            tape,
            title=recipe.title,
            programme=recipe.programme,
            revision=recipe.revision,
            horn=recipe.horn,
            on_round=lambda: studio.on_sentence(recipe.steps, recipe.steps, reel.made_ms),
        )
        return Composed(master, reel, peaks(tape))


def facts_of(sha256: str, made: Composed) -> ClipFacts:
    """Return what is known of a finished sound."""
    heard, reel = made.master.loudness, made.reel
    return ClipFacts(
        sha256=sha256,
        bytes=len(made.master.data),
        duration_ms=heard.duration_ms,
        media_type=mastering.MEDIA_TYPE,
        voice=reel.voice,
        loudness_mlu=round(heard.lufs * 1000),
        peak_mdb=round(heard.peak_dbtp * 1000),
        timing=reel.timing,
        peaks=made.peaks,
        spoken=reel.spoken,
        cached=reel.cached,
        why_fallback=reel.why_fallback,
    )


def _play_in(recipe: Recipe, sha256: str, studio: Studio) -> Reel:
    """Put an uploaded recording on tape; where its sentences lie is not known."""
    if studio.recordings is None:
        raise UnavailableError("Máy này không có kho bản thu âm.")
    pcm = studio.recordings.pcm(sha256)
    with _joiner(recipe, studio) as joiner:
        joiner.add(Spoken("", pcm), margin_ms=_RECORDING_MARGIN_MS)
        studio.on_sentence(1, 1, pcm.duration_ms)
        tape, _ = joiner.close()
    return Reel(tape, (), RECORDING, pcm.duration_ms)


def _speak_all(recipe: Recipe, studio: Studio) -> Reel:
    """Let the first voice that gets through all sentences speak them."""
    reasons: list[Reason] = []
    for voice in studio.voices.in_order(recipe.voices):
        available = voice.availability()
        if not available.can_speak:
            reasons.append((_named(voice), available.why))
            continue
        try:
            return replace(_speak(recipe, voice, studio), why_fallback=_told(reasons) or None)
        except TapeError:
            raise
        except UnavailableError as error:
            _log.info("voice %s gave up: %s", voice.name, error)
            reasons.append((_named(voice), _bare(error)))
    named = _listed(reasons) or "Không còn giọng nào ở đây"
    raise UnavailableError("Chưa giọng nào đọc được. {reasons}.", reasons=named)


def _told(reasons: Sequence[Reason]) -> str:
    """Return why the voices before did not speak; of one alone it is known who is meant."""
    return reasons[0][1] if len(reasons) == 1 else _listed(reasons)


def _listed(reasons: Sequence[Reason]) -> str:
    return "; ".join(f"{name}: {why}" for name, why in reasons)


def _speak(recipe: Recipe, voice: Voice, studio: Studio) -> Reel:
    """Speak several sentences at a time; lay them on tape in their order as soon as that is possible."""
    waiting: dict[str, Pcm] = {}
    times = Counter(recipe.sentences)
    total, laid, done, made_ms, cached = len(recipe.sentences), 0, 0, 0, 0
    one = Asking(studio.permit if voice.sends_text_out else lambda: None)

    def utter(sentence: str) -> tuple[Pcm, bool]:
        with asking(one):
            return _utterance(voice, sentence, studio.cache)

    with _joiner(recipe, studio) as joiner, _ending(one.ended):
        distinct = list(times)
        at_once = max(LEAST_AT_ONCE, min(AT_ONCE, os.cpu_count() or 1))
        for place, (pcm, known) in in_parallel(utter, distinct, at_once=at_once, look=studio.look):
            again = times[distinct[place]]
            waiting[distinct[place]] = pcm
            done, made_ms = done + again, made_ms + pcm.duration_ms * again
            cached += again - (not known)
            while laid < total and (said := recipe.sentences[laid]) in waiting:
                joiner.add(Spoken(said, waiting[said]))
                laid, times[said] = laid + 1, times[said] - 1
                if not times[said]:
                    del waiting[said]
            studio.on_sentence(done, total, made_ms)
        tape, timing = joiner.close()
    heard = [(start + _CODEC_MS, end + _CODEC_MS, number, reading) for start, end, number, reading in timing]
    return Reel(tape, heard, voice.name, made_ms, total - cached, cached)


@contextmanager
def _ending(ended: threading.Event) -> Iterator[None]:
    """Set `ended` however the block ends."""
    try:
        yield
    finally:
        ended.set()


def _joiner(recipe: Recipe, studio: Studio) -> Joiner:
    lead = _TONES[recipe.lead] if recipe.lead else None
    return Joiner(repeat=recipe.repeat, gap_ms=recipe.gap_ms, lead=lead, folder=studio.folder)


def _utterance(voice: Voice, sentence: str, cache: PcmCache | None) -> tuple[Pcm, bool]:
    """Return the sentence's sound, and whether it had been spoken before.

    Who finds that another one, of whatever process, is speaking it waits for what becomes of it.
    """
    if cache is None:
        return _spoken(voice, sentence), False
    if (known := cache.get(voice.fingerprint, sentence)) is not None:
        return known, True
    with cache.making(voice.fingerprint, sentence):
        if (known := cache.get(voice.fingerprint, sentence)) is not None:
            return known, True
        pcm = _spoken(voice, sentence)
        cache.put(voice.fingerprint, sentence, pcm)
    return pcm, False


def _spoken(voice: Voice, sentence: str) -> Pcm:
    require()
    return voice.speak(sentence, limit_s=SENTENCE_LIMIT_S)


def _named(voice: Voice) -> str:
    """Return what people call a voice, without what is said of it in brackets."""
    return voice.title.split(" (")[0]


def _bare(error: UnavailableError) -> str:
    """Return the reason alone, where the error keeps it apart, and without its stop."""
    return str(error.facts.get("reason") or error).rstrip(". ")
