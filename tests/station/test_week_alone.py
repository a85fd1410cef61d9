"""A week without a line, by a clock that is wound on: on time, told afterwards, counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from content.contracts.asrun import AsRun
from content.contracts.instants import format_instant
from content.contracts.ledger import verify_ledger
from content.contracts.manifest import Item
from tests.station.fakes import NOON, FakeCentre, make_item, make_manifest
from tests.station.ward import Ward

DAYS, BROADCASTS, AIRINGS, LASTS_S = 7, 2, 3, 5
LEAD = timedelta(seconds=2)


def programme() -> list[Item]:
    """Return the airings of a week: two broadcasts a day, three of five seconds each, back to back."""
    starts = [
        NOON + timedelta(days=day, hours=4 * number, minutes=1)
        for day in range(DAYS)
        for number in range(BROADCASTS)
    ]
    places = [start + timedelta(seconds=LASTS_S * place) for start in starts for place in range(AIRINGS)]
    return [make_item(number, at=at, duration_ms=LASTS_S * 1000) for number, at in enumerate(places, start=1)]


@pytest.fixture
def lonely(tmp_path: Path, centre: FakeCentre) -> Iterator[Ward]:
    """Return a station whose centre is away."""
    ward = Ward(tmp_path / "ward", url=centre.url)
    yield ward
    ward.agent.journal.close()


def pass_the_week(ward: Ward, items: list[Item], *, power_cuts: int) -> None:
    """Let the clock run through every airing and jump over the hours between; cut the power at night."""
    for number, item in enumerate(items):
        idle = (item.starts_at - LEAD - ward.clock.now()).total_seconds()
        if idle > 0:
            ward.agent.step()
            ward.clock.advance(idle)
            if power_cuts and number % (len(items) // power_cuts) == 0:
                ward.reboot()
        while ward.clock.now() < item.starts_at + timedelta(milliseconds=item.duration_ms):
            ward.clock.advance(ward.agent.step())
    ward.spend(2)


@pytest.mark.parametrize("power_cuts", [0, 7])
def test_a_week_alone_is_on_time_told_afterwards_and_counted_once(
    lonely: Ward, centre: FakeCentre, power_cuts: int
) -> None:
    items = programme()
    lonely.deliver(make_manifest(*items, end=NOON + timedelta(days=8)))
    centre.broken["/"] = 503
    pass_the_week(lonely, items, power_cuts=power_cuts)
    centre.broken.clear()
    lines = lonely.agent.journal.chain.unsent(limit=10_000)
    lonely.agent.links.send_as_run()
    lonely.agent.links.send_as_run()
    ends = [record for record in centre.records if record.event == "finished"]
    assert [(r.airing, r.started_at, r.outcome) for r in ends] == [
        (item.id, format_instant(item.starts_at), "played") for item in items
    ]
    assert Counter(r.airing for r in centre.records if r.event == "starting") == dict.fromkeys(
        (item.id for item in items), 1
    )
    assert [record.line() for record in centre.records] == lines
    assert verify_ledger(lines, None).unbroken
    assert AsRun.from_line(lines[-1]).sequence == len(lines)
