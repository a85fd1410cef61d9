"""Settings of the station, checked whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.errors import ConfigurationError
from station.settings import load_settings


@pytest.mark.parametrize(("given", "sink"), [("", "wav"), ("wav", "wav"), ("silent", "silent")])
def test_a_rehearsal_opens_a_file_or_nothing(tmp_path: Path, given: str, sink: str) -> None:
    environ = {
        "LOAPHUONG_MODE": "rehearsal",
        "LOAPHUONG_STATION_SINK": given,
        "LOAPHUONG_STATION_DIR": str(tmp_path),
    }
    settings = load_settings(environ)
    assert (settings.sink, settings.mode, settings.folder) == (sink, "rehearsal", tmp_path)


@pytest.mark.parametrize("sink", ["", "wav", "silent", "mpv"])
def test_production_has_no_loudspeaker_yet_and_says_what_there_is(sink: str) -> None:
    with pytest.raises(ConfigurationError, match="wav, silent"):
        load_settings({"LOAPHUONG_STATION_SINK": sink})


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
