"""Settings of the station, checked whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.errors import ConfigurationError
from station.settings import load_settings
from station.sound import Sound


@pytest.mark.parametrize(("given", "sink"), [("", "wav"), ("wav", "wav"), ("silent", "silent")])
def test_a_rehearsal_opens_a_file_or_nothing(tmp_path: Path, given: str, sink: str) -> None:
    environ = {
        "LOAPHUONG_MODE": "rehearsal",
        "LOAPHUONG_STATION_SINK": given,
        "LOAPHUONG_STATION_DIR": str(tmp_path),
    }
    settings = load_settings(environ)
    assert (settings.sink, settings.mode, settings.folder) == (sink, "rehearsal", tmp_path)


@pytest.mark.parametrize("sink", ["", "mpv"])
def test_production_sounds_through_mpv(tmp_path: Path, sink: str) -> None:
    settings = load_settings({"LOAPHUONG_STATION_SINK": sink, "LOAPHUONG_STATION_DIR": str(tmp_path)})
    assert (settings.sink, settings.sound) == ("mpv", Sound())


@pytest.mark.parametrize("sink", ["wav", "silent", "horn"])
def test_production_takes_no_other_sink(sink: str) -> None:
    with pytest.raises(ConfigurationError, match="dùng mpv"):
        load_settings({"LOAPHUONG_STATION_SINK": sink})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("LOAPHUONG_STATION_AUDIO_DEVICE", "alsa/hw 1"),
        ("LOAPHUONG_RELAY_SILENCE_SECONDS", "0"),
        ("LOAPHUONG_RELAY_SILENCE_SECONDS", "ten"),
    ],
)
def test_what_is_said_of_the_sound_is_checked(name: str, given: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load_settings({name: given})


def test_device_and_patience_may_be_named() -> None:
    environ = {"LOAPHUONG_STATION_AUDIO_DEVICE": "alsa/plughw:1", "LOAPHUONG_RELAY_SILENCE_SECONDS": "20"}
    assert load_settings(environ).sound == Sound("alsa/plughw:1", 20.0)


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    environ = {
        "LOAPHUONG_MODE": "party",
        "LOAPHUONG_STATION_SINK": "mpv",
        "LOAPHUONG_STATION_DIR": str(blocked / "data"),
    }
    with pytest.raises(ConfigurationError) as caught:
        load_settings(environ)
    assert all(name in str(caught.value) for name in environ)


def test_the_folder_has_a_default() -> None:
    settings = load_settings({"LOAPHUONG_MODE": "rehearsal"})
    assert settings.folder == Path.cwd() / "station-data"
