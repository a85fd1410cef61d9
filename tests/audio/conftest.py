"""What the tests of audio share: a data folder, a database with the tables, a little real speech."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import audio.models  # noqa: F401 (its tables belong to the metadata)
from audio import mastering
from audio.joining import Spoken, joined
from audio.library import Library
from audio.pcm import Pcm
from audio.voices.espeak import EspeakVoice
from content.clock import SteppedClock
from content.db import Base, Database
from tests import postgres

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(START)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if postgres.is_wanted(request):
        yield from postgres.lend(request)
        return
    found = Database.open(f"sqlite:///{tmp_path / 'test.db'}")
    Base.metadata.create_all(found.engine)
    yield found
    found.dispose()


@pytest.fixture(scope="session")
def speech() -> Pcm:
    """Speak one real sentence of about three seconds."""
    return EspeakVoice().speak("Uỷ ban nhân dân phường thông báo.", limit_s=20)


@pytest.fixture(scope="session")
def mp3(speech: Pcm) -> bytes:
    """Master the same sentence."""
    sound = joined([Spoken("Uỷ ban nhân dân phường thông báo.", speech)])
    return mastering.master(sound, title="Thông báo", programme="01").data


@pytest.fixture(scope="session")
def sound(speech: Pcm) -> bytes:
    """Encode the sentence as Google would: an MP3 of one voice."""
    return mastering.encoded(speech, mastering.Settings(0.0, -2.0))
