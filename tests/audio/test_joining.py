"""Sentences joined: trimmed, with the pauses of their punctuation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audio import tones
from audio.joining import (
    LEAD_MS,
    REPEAT_PAUSE_MS,
    TAIL_MS,
    TONE_PAUSE_MS,
    Joiner,
    Spoken,
    Timing,
    Tone,
    joined,
    pause_ms,
    peaks,
    trimmed,
)
from audio.pcm import Pcm
from tests.audio.fake_voice import RATE, hum

EDGES_MS = LEAD_MS + TAIL_MS


def padded(pcm: Pcm, *, before_ms: int, after_ms: int) -> Pcm:
    silence = [bytes(2 * RATE * length // 1000) for length in (before_ms, after_ms)]
    return Pcm(silence[0] + pcm.samples + silence[1], pcm.rate)


def test_silence_at_the_ends_is_cut() -> None:
    heard = trimmed(padded(hum(1), before_ms=400, after_ms=700))
    assert heard.duration_ms == pytest.approx(1000, abs=12)


@pytest.mark.parametrize(
    ("shorter", "longer"), [("Một", "Một,"), ("Một,", "Một;"), ("Một;", "Một."), ("Một.", "Một?")]
)
def test_stronger_marks_rest_longer(shorter: str, longer: str) -> None:
    assert pause_ms(shorter) < pause_ms(longer)


@pytest.mark.parametrize("closed", ["Một.”", "Một.)", "Một.» "])
def test_closing_quotes_hide_no_mark(closed: str) -> None:
    assert pause_ms(closed) == pause_ms("Một.")


def test_the_pause_after_the_last_sentence_is_left_out() -> None:
    whole = joined([Spoken("Một,", hum(1)), Spoken("Hai.", hum(1))])
    assert whole.duration_ms == pytest.approx(2000 + pause_ms("Một,") + EDGES_MS, abs=25)


def test_repeating_says_it_all_again_after_a_rest() -> None:
    whole = joined([Spoken("Một.", hum(1))], repeat=3)
    assert whole.duration_ms == pytest.approx(3000 + 2 * REPEAT_PAUSE_MS + EDGES_MS, abs=35)


def test_rates_are_made_alike() -> None:
    other = Pcm(hum(1).samples, RATE * 2)
    assert joined([Spoken("Một.", hum(1)), Spoken("Hai.", other)]).rate == RATE


@pytest.mark.parametrize(
    "flags", [("-W", "error"), ("-W", "error", "-B", "-X", "pycache_prefix=/nonexistent")]
)
def test_importing_warns_of_nothing(flags: tuple[str, ...]) -> None:
    """Compiled anew too: the library's escapes warn only then."""
    command = [sys.executable, *flags, "-c", "import audio.joining"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert (done.returncode, done.stderr) == (0, "")


def laid(*, repeat: int = 1, lead: Tone | None = None) -> tuple[int, list[Timing], list[int]]:
    """Return the length of two sentences of a second each, laid on a tape, where they lie, and peaks."""
    joiner = Joiner(repeat=repeat, gap_ms=700, lead=lead)
    joiner.add(Spoken("Một.", hum(1)))
    joiner.add(Spoken("Hai.", hum(1, height=4000)))
    tape, timing = joiner.close()
    with tape:
        return tape.at_ms, timing, peaks(tape, most=30)


def test_it_is_known_where_every_sentence_lies() -> None:
    _, timing, _ = laid()
    second = LEAD_MS + 1000 + pause_ms("Một.")
    assert timing == [(LEAD_MS, LEAD_MS + 1000, 0, 0), (second, second + 1000, 1, 0)]


def test_every_reading_has_its_places() -> None:
    _, (first, last, again, end), _ = laid(repeat=2)
    shift = last[1] + 700 - LEAD_MS
    assert again == (first[0] + shift, first[1] + shift, 0, 1)
    assert end == (last[0] + shift, last[1] + shift, 1, 1)


def test_a_tone_sounds_once_before_all() -> None:
    length, timing, _ = laid(repeat=2, lead=tones.chime)
    plain, known, _ = laid(repeat=2)
    before = tones.chime(RATE).duration_ms + TONE_PAUSE_MS
    assert length == plain + before
    assert timing[3][0] == known[3][0] + before


def test_peaks_follow_the_sound() -> None:
    _, _, found = laid()
    assert (len(found), max(found), found[0]) == (30, 100, 0)
    assert found[5] == 100
    assert found[20] == pytest.approx(50, abs=1)


_HOUR = """
import resource, sys
from pathlib import Path
from audio.joining import Joiner, Spoken, peaks
from audio.pcm import Pcm

joiner = Joiner(repeat=2, folder=Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(60):
    joiner.add(Spoken("a.", Pcm(b"\\0\\x20" * 24_000 * 30, 24_000)))
tape, _ = joiner.close()
peaks(tape)
print(tape.at_ms // 60_000, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_an_hour_on_tape_takes_the_memory_of_a_sentence(tmp_path: Path) -> None:
    """As samples in memory it would be 170 MB, with every copy as many more."""
    command = [sys.executable, "-c", _HOUR, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True)
    minutes, megabytes = map(int, done.stdout.split())
    assert minutes == 60
    assert megabytes < 30
