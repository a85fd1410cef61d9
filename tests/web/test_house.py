"""The house: what a process is built from, opened only when it is used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from content.clock import FileClock, SteppedClock
from content.errors import ConfigurationError
from content.settings import Settings
from tests.web.hall import NOW
from web.house import House


def test_what_is_not_used_is_not_made(tmp_path: Path) -> None:
    house = House.open(Settings(data_dir=tmp_path / "data"), SteppedClock(NOW))
    assert list((tmp_path / "data").iterdir()) == []
    house.close()


def test_keys_are_made_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    first, second = House.open(settings), House.open(settings)
    assert first.key.public.keyid == second.key.public.keyid
    assert first.cookie_secret == second.cookie_secret
    assert (tmp_path / "centre.key").stat().st_mode & 0o077 == 0


def test_a_secret_that_is_given_counts(tmp_path: Path) -> None:
    house = House.open(Settings(data_dir=tmp_path, secret_key=SecretStr("cho-san")))
    assert house.cookie_secret == "cho-san"
    assert not (tmp_path / "session.key").exists()


def test_days_are_local(tmp_path: Path) -> None:
    house = House.open(Settings(data_dir=tmp_path))
    late = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert house.today(late) == date(2026, 11, 23)
    assert f"{house.local(late):%H:%M}" == "00:30"


def test_a_rehearsal_may_be_steered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAPHUONG_CLOCK", str(tmp_path / "clock.json"))
    monkeypatch.setenv("LOAPHUONG_MODE", "rehearsal")
    assert isinstance(House.open(Settings(data_dir=tmp_path)).clock, FileClock)
    monkeypatch.setenv("LOAPHUONG_MODE", "production")
    assert not isinstance(House.open(Settings(data_dir=tmp_path)).clock, FileClock)


@pytest.mark.parametrize("url", ["nix", "khong-co://x", "oracle://x"])
def test_an_address_of_no_database_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="LOAPHUONG_DATABASE_URL không dùng được"):
        House.open(Settings(data_dir=tmp_path, database_url=SecretStr(url)))


def test_the_voices_are_in_the_order_asked_for(tmp_path: Path) -> None:
    house = House.open(Settings(data_dir=tmp_path, voices=("espeak",)))
    assert tuple(house.voices.names) == ("espeak",)
