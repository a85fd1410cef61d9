"""Engines of other people, installed beside ours."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest

from audio.pcm import Pcm
from audio.voices.base import Voice
from audio.voices.engines import BrokenVoice, engines, load
from audio.voices.status import voices_status
from content.clock import SteppedClock
from content.errors import UnavailableError
from content.settings import Settings
from tests.audio.voices.engine_folder import make_engines

ROOT = Path(__file__).parents[3]


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, EntryPoint]:
    names = ("far", "sulking", "misnamed", "hollow", "failing", "leaving", "missing")
    folder = make_engines(tmp_path, **{name: f"their_engine:{name}" for name in names}, gone="no.module:x")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "their_engine", raising=False)
    (found,) = distributions(path=[str(folder)])
    return {entry.name: entry for entry in found.entry_points}


def make_voice(entry: EntryPoint, clock: SteppedClock, folder: Path) -> Voice:
    return load(entry, Settings(data_dir=folder), clock)


def test_ours_are_found() -> None:
    assert {"gtts", "espeak", "espeak-trung", "espeak-nam", "piper"} <= engines().keys()


@pytest.mark.parametrize("name", ["gtts", "espeak", "espeak-trung", "espeak-nam", "piper"])
def test_ours_are_voices_of_their_names(name: str, clock: SteppedClock, tmp_path: Path) -> None:
    voice = make_voice(engines()[name], clock, tmp_path)
    assert voice.name == name
    assert not isinstance(voice, BrokenVoice)


def test_theirs_speaks(theirs: dict[str, EntryPoint], clock: SteppedClock, tmp_path: Path) -> None:
    heard = make_voice(theirs["far"], clock, tmp_path).speak("xin chào", limit_s=1)
    assert isinstance(heard, Pcm)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gone", "ModuleNotFoundError"),
        ("missing", "AttributeError"),
        ("misnamed", "somebody-else"),
        ("hollow", "fingerprint"),
        ("failing", "no key"),
        ("leaving", "SystemExit: 3"),
    ],
)
def test_a_broken_engine_is_listed_with_its_error(
    theirs: dict[str, EntryPoint], clock: SteppedClock, tmp_path: Path, name: str, why: str
) -> None:
    (status,) = voices_status([make_voice(theirs[name], clock, tmp_path)])
    assert (status.name, status.can_speak) == (name, False)
    assert why in status.why


def test_a_broken_engine_does_not_speak(
    theirs: dict[str, EntryPoint], clock: SteppedClock, tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError, match="no key"):
        make_voice(theirs["failing"], clock, tmp_path).speak("xin chào", limit_s=1)


@pytest.mark.parametrize(
    ("text", "why"), [("lỗi", "a slip of theirs"), ("không gì cả", "NoneType"), ("thoát", "SystemExit")]
)
def test_whatever_theirs_does_is_a_voice_that_cannot_speak(
    theirs: dict[str, EntryPoint], clock: SteppedClock, tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(UnavailableError, match=why):
        make_voice(theirs["far"], clock, tmp_path).speak(text, limit_s=1)


def test_an_engine_that_cannot_tell_of_itself_is_listed(
    theirs: dict[str, EntryPoint], clock: SteppedClock, tmp_path: Path
) -> None:
    (status,) = voices_status([make_voice(theirs["sulking"], clock, tmp_path)])
    assert "a slip of theirs" in status.why


def test_the_program_lists_them_and_nobody_takes_a_name_of_ours(tmp_path: Path) -> None:
    folder = make_engines(
        tmp_path,
        far="their_engine:far",
        failing="their_engine:failing",
        leaving="their_engine:leaving",
        espeak="their_engine:far",
    )
    env = {**os.environ, "PYTHONPATH": str(folder), "LOAPHUONG_DATA_DIR": str(tmp_path / "data")}
    env["LOAPHUONG_VOICES"] = "far,failing,leaving,espeak"
    command = [sys.executable, "loaphuong.py", "voices"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    numbered = [line for line in done.stdout.splitlines() if line[0].isdigit()]
    assert [line.split(":")[0] for line in numbered] == ["1. far", "2. failing", "3. leaving", "4. espeak"]
    assert ("no key" in numbered[1], "eSpeak NG" in numbered[3], done.stderr) == (True, True, "")
    assert not any("gửi ra ngoài" in line for line in numbered)
