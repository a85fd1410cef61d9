"""An exported ledger is the very lines, and verifies alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from content.contracts.asrun import Event
from content.contracts.ledger import verify_ledger
from scheduler.intake import take_in
from scheduler.ledger import export
from tests.scheduler.factories import CENTRE, NOW, WARD, Pen, local, make_airing, make_station, open_pen

SECOND = "11111111-0000-4000-8000-000000000001"


@pytest.fixture
def lines(session: Session) -> list[bytes]:
    """Give a ledger of two chains and three batches, one posted twice and one overlapping."""
    station = make_station(session)
    pen = open_pen(station)
    pen.play(make_airing(session, station).id, local("06:00"))
    take_in(session, station, pen.batch(), NOW)
    take_in(session, station, pen.batch(), NOW)
    pen.write(Event.BOOT)
    take_in(session, station, pen.batch(3), NOW)
    after = Pen(station.name, chain=SECOND)
    after.write(Event.CHAIN, NOW + timedelta(days=1), reason="journal lost")
    take_in(session, station, after.batch(), NOW)
    return list(export(session, station))


def test_it_is_whole_and_sealed_by_the_station(lines: list[bytes]) -> None:
    verdict = verify_ledger(lines, WARD.public)
    assert (verdict.whole, verdict.records, verdict.seals, verdict.chains, verdict.unsealed) == (
        True,
        5,
        3,
        2,
        0,
    )


def test_another_key_did_not_seal_it(lines: list[bytes]) -> None:
    assert not verify_ledger(lines, CENTRE.public).whole


@pytest.mark.parametrize("place", range(8))
def test_any_line_left_out_is_noticed(lines: list[bytes], place: int) -> None:
    verdict = verify_ledger(lines[:place] + lines[place + 1 :], WARD.public)
    sealed = verdict.whole and verdict.unsealed == 0 and verdict.seals == 3
    assert not sealed


@pytest.mark.parametrize("place", range(8))
def test_any_line_changed_is_noticed(lines: list[bytes], place: int) -> None:
    changed = [*lines]
    changed[place] = changed[place].replace(b"tram", b"trom", 1)
    assert not verify_ledger(changed, WARD.public).whole


def test_an_unheard_station_has_an_empty_ledger(session: Session) -> None:
    assert list(export(session, make_station(session))) == []
