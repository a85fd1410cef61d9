"""Whatever happens at a ward, in whatever order: what must never break does not."""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.contracts.airings import Level
from content.contracts.asrun import AsRun
from content.contracts.instants import parse_instant
from content.contracts.ledger import verify_ledger
from content.contracts.manifest import Command, Item
from tests.station.fakes import NOON, make_command, make_item, make_manifest
from tests.station.ward import Ward

EVENING = NOON + timedelta(hours=8, minutes=58)  # 20:58 at the ward
QUIET = NOON + timedelta(hours=9)
ORDINARY = 6
EXAMPLES = int(os.environ.get("LOAPHUONG_TEST_EXAMPLES", "10"))
KINDS = ("play", "pause", "resume", "skip", "stop")
ITEMS = tuple(
    make_item(
        number,
        at=EVENING + timedelta(seconds=15 * number),
        after_preempt=("resume", "restart", "drop")[number % 3],
    )
    for number in range(1, ORDINARY + 1)
)
numbers = st.integers(1, ORDINARY)
happenings = st.one_of(
    st.tuples(st.just("spend"), st.integers(1, 30)),
    st.tuples(st.just("reboot"), st.integers(0, 40)),
    st.tuples(st.just("emergency"), st.integers(1, 20)),
    st.tuples(st.just("recall"), numbers),
    st.tuples(st.just("break"), numbers),
    st.tuples(st.sampled_from(KINDS), st.one_of(st.none(), numbers)),
)


class Story:
    """A ward to which things happen; every change is a new generation that lists all there is."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward
        self.items: list[Item] = list(ITEMS)
        self.commands: list[Command] = []
        self.recalled: set[str] = set()
        self.generation = 0
        self.heard: list[tuple[int, int]] = []
        self.tell()

    def tell(self) -> None:
        """Deliver everything as a new generation."""
        self.generation += 1
        self.ward.deliver(
            make_manifest(
                *self.items,
                mode="production",
                generation=self.generation,
                cancelled=tuple(self.recalled),
                commands=tuple(self.commands),
            )
        )

    def happen(self, what: str, value: int | None) -> None:
        """Let one thing happen."""
        now = self.ward.clock.now()
        if what == "spend":
            self.ward.spend(value or 0, tick=0.25)
        elif what == "reboot":
            self.reboot(value or 0)
        elif what == "break":
            self.ward.player.die_at_ms = 1000 * (value or 0)
        elif what == "emergency":
            number = len(self.items) + 1
            self.items.append(
                make_item(number, at=now, level=Level.EMERGENCY, duration_ms=1000 * (value or 0))
            )
            self.tell()
        elif what == "recall":
            self.recalled.add(f"{value:032x}")
            self.tell()
        else:
            item = None if value is None else f"{value:032x}"
            self.commands.append(make_command(what, at=now, number=len(self.commands), item=item))
            self.tell()

    def reboot(self, seconds: int) -> None:
        """Lose the power for some seconds."""
        self.heard.extend(self.ward.heard)
        self.ward.clock.advance(seconds)
        self.ward.reboot()

    def end(self) -> list[AsRun]:
        """Let the night pass and return the records."""
        self.ward.player.die_at_ms = None
        self.ward.spend(180, tick=0.5)
        self.ward.clock.advance(3600)
        self.ward.spend(90, tick=0.5)
        self.heard.extend(self.ward.heard)
        return self.ward.records


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 100,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(story=st.lists(happenings, max_size=8))
def test_every_airing_begins_at_most_once_and_ends_exactly_once(story: list[tuple[str, int | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ward = Ward(Path(folder) / "ward", mode="production", at=EVENING)
        told = Story(ward)
        for what, value in story:
            told.happen(what, value)
        records = told.end()
        lines = ward.agent.journal.chain.unsent(limit=10_000)
        ward.agent.journal.close()
    assert verify_ledger(lines, None).unbroken
    check_counts(told, records)
    check_quiet(told, records)


def check_counts(told: Story, records: list[AsRun]) -> None:
    """Assert one end for each airing, one `starting` at most, and no first sample twice."""
    for item in told.items:
        events = [str(record.event) for record in records if record.airing == item.id and record.kind]
        firsts = [begin for number, begin in told.heard if number == int(item.id, 16) and begin == 0]
        ends = [event for event in events if event in {"finished", "not_played"}]
        assert len(ends) == 1, (item.id, events)
        assert events.count("starting") <= 1
        # What was cut off at its very first sample, or is to restart, may begin from 0 again.
        notes = [record.note for record in records if record.airing == item.id and record.note]
        assert len(firsts) <= 1 or any("back 0" in note for note in notes)


def check_quiet(told: Story, records: list[AsRun]) -> None:
    """Assert that nothing but an emergency sounded in quiet hours."""
    urgent = {item.id for item in told.items if item.level is Level.EMERGENCY}
    for record in records:
        if record.event == "finished" and record.airing not in urgent and record.started_at:
            # A pause or an emergency may have held it up; what counts is when it last sounded.
            last = min(parse_instant(record.at), QUIET + timedelta(hours=9))
            assert parse_instant(record.started_at) < QUIET
            assert last <= QUIET + timedelta(seconds=2) or record.outcome in {"interrupted", "preempted"}
