"""Fixtures of the station's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.station.fakes import FakeCentre, fake_centre
from tests.station.ward import CENTRE_KEY, STATION_KEY, Ward


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """Return a station in rehearsal, at noon."""
    ward = Ward(tmp_path / "ward")
    yield ward
    ward.agent.journal.close()


@pytest.fixture
def real_ward(tmp_path: Path) -> Iterator[Ward]:
    """Return a station in production, at noon."""
    ward = Ward(tmp_path / "ward", mode="production")
    yield ward
    ward.agent.journal.close()


@pytest.fixture
def centre() -> Iterator[FakeCentre]:
    """Return a centre on loopback that knows the station's key."""
    with fake_centre(key=CENTRE_KEY, station_key=STATION_KEY.public) as centre:
        yield centre
