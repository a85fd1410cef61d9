"""Room for the journal on a full disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.errors import ConfigurationError
from station.ballast import Ballast


def test_room_is_held_and_given_up_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", size=8192)
    assert (ballast.take(), (tmp_path / "ballast").stat().st_size) == (True, 8192)
    assert (ballast.give_up(), ballast.give_up(), ballast.held) == (True, False, False)


def test_a_disk_without_plenty_keeps_its_room(tmp_path: Path) -> None:
    assert not Ballast(tmp_path / "ballast", size=1 << 60).take()
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_the_station_s_own(tmp_path: Path) -> None:
    Ballast(tmp_path / "ballast", size=8192).take()
    assert (tmp_path / "ballast").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_opened_may_have_the_room(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", size=4096)
    ballast.take()

    def opened() -> str:
        if ballast.held:
            raise ConfigurationError("Không mở được.")
        return "open"

    assert ballast.with_room(opened) == "open"


def test_what_cannot_be_opened_at_all_says_so(tmp_path: Path) -> None:
    def opened() -> str:
        raise ConfigurationError("Không mở được.")

    with pytest.raises(ConfigurationError):
        Ballast(tmp_path / "ballast").with_room(opened)
