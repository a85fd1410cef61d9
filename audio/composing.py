"""From a recipe to a finished clip: speak, join, master.  Knows no database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from audio import mastering
from audio.joining import Spoken, joined
from audio.library import Library
from audio.mastering import Master
from audio.pcm import Pcm
from audio.pcm_cache import PcmCache
from audio.recipe import Recipe
from audio.voices.base import Voice
from audio.voices.registry import Voices
from content.errors import UnavailableError

SENTENCE_LIMIT_S = 30.0
OnSentence = Callable[[int, int, int], None]
"""Called with (sentences done, sentences in all, ms of sound made), and again before each mastering round."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClipFacts:
    """What is known of a finished clip; `loudness_mlu`, `peak_mdb` are 1/1000 LUFS and dBTP, decoded."""

    sha256: str
    bytes: int
    duration_ms: int
    media_type: str
    voice: str
    loudness_mlu: int
    peak_mdb: int


def render(
    recipe: Recipe,
    voices: Voices,
    library: Library,
    on_sentence: OnSentence,
    *,
    cache: PcmCache | None = None,
) -> ClipFacts:
    """Make the recipe's clip and keep it in the library.

    Raises UnavailableError when no wanted voice can speak now or the disk refuses; whatever
    `on_sentence` raises ends the work.
    """
    voice, master = compose(recipe, voices, on_sentence, cache=cache)
    return facts_of(library.put(master.data), voice, master)


def compose(
    recipe: Recipe, voices: Voices, on_sentence: OnSentence, *, cache: PcmCache | None = None
) -> tuple[Voice, Master]:
    """Return the voice that spoke and the finished sound.  One voice speaks the whole clip."""
    voice, spoken = _speak_all(recipe, voices, on_sentence, cache)
    made_ms = sum(one.pcm.duration_ms for one in spoken)

    def on_round() -> None:
        on_sentence(len(spoken), len(spoken), made_ms)

    sound = joined(spoken, repeat=recipe.repeat, gap_ms=recipe.gap_ms)
    return voice, mastering.master(sound, title=recipe.title, programme=recipe.programme, on_round=on_round)


def facts_of(sha256: str, voice: Voice, master: Master) -> ClipFacts:
    """Return what is known of a finished sound."""
    return ClipFacts(
        sha256=sha256,
        bytes=len(master.data),
        duration_ms=master.loudness.duration_ms,
        media_type=mastering.MEDIA_TYPE,
        voice=voice.name,
        loudness_mlu=round(master.loudness.lufs * 1000),
        peak_mdb=round(master.loudness.peak_dbtp * 1000),
    )


def _speak_all(
    recipe: Recipe, voices: Voices, on_sentence: OnSentence, cache: PcmCache | None
) -> tuple[Voice, list[Spoken]]:
    """Let the first voice that gets through all sentences speak them."""
    reasons = []
    for voice in voices.in_order(recipe.voices):
        available = voice.availability()
        if not available.can_speak:
            reasons.append(f"{voice.name}: {available.why}")
            continue
        try:
            return voice, _speak(recipe, voice, on_sentence, cache)
        except UnavailableError as error:
            _log.warning("voice %s gave up: %s", voice.name, error)
            reasons.append(f"{voice.name}: {error}")
    raise UnavailableError("Chưa giọng nào đọc được. {reasons}", reasons="; ".join(reasons))


def _speak(recipe: Recipe, voice: Voice, on_sentence: OnSentence, cache: PcmCache | None) -> list[Spoken]:
    spoken: list[Spoken] = []
    made_ms = 0
    for done, sentence in enumerate(recipe.sentences, start=1):
        spoken.append(Spoken(sentence, _utterance(voice, sentence, cache)))
        made_ms += spoken[-1].pcm.duration_ms
        on_sentence(done, len(recipe.sentences), made_ms)
    return spoken


def _utterance(voice: Voice, sentence: str, cache: PcmCache | None) -> Pcm:
    known = cache.get(voice.fingerprint, sentence) if cache else None
    if known is not None:
        return known
    pcm = voice.speak(sentence, limit_s=SENTENCE_LIMIT_S)
    if cache:
        cache.put(voice.fingerprint, sentence, pcm)
    return pcm
