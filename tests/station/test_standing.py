"""What keeps a station standing: trust in its clock after a boot, room for its journal, its watchdog."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from content.contracts.airings import Level
from content.errors import CorruptError
from station.machine import Machine
from station.watchdog import Watchdog
from tests.station.fakes import NOON, make_item, make_manifest
from tests.station.ward import Ward

SOON = NOON + timedelta(seconds=20)
AFTER_POWER = Machine("the second start", battery=False, synced=False)


def hear_centre(ward: Ward, *, ahead: timedelta = timedelta()) -> None:
    """Let the station learn the centre's time."""
    now = ward.clock.monotonic(), ward.clock.now()
    ward.agent.timekeeper.measured(now, now[0], now[1] + ahead)
    ward.agent.step()


def test_after_a_power_cut_a_machine_without_a_clock_holds_its_programmes(ward: Ward) -> None:
    hear_centre(ward)
    ward.deliver(make_manifest(make_item(at=SOON), make_item(2, at=SOON, level=Level.EMERGENCY)))
    ward.machine = AFTER_POWER
    ward.reboot()
    ward.spend(30)
    assert ward.heard == [(2, 0)]
    assert "clock_untrusted" in ward.alarms()


def test_it_plays_on_as_soon_as_the_centre_tells_the_time(ward: Ward) -> None:
    hear_centre(ward)
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.machine = AFTER_POWER
    ward.reboot()
    ward.spend(5)
    hear_centre(ward, ahead=timedelta(milliseconds=40))
    ward.spend(40)
    assert ward.ends() == [(1, "played", None)]


@pytest.mark.parametrize(
    "machine",
    [
        Machine("the first start", battery=False, synced=False),
        Machine("the second start", battery=True, synced=False),
        Machine("the second start", battery=False, synced=True),
    ],
    ids=["the program alone was restarted", "a clock with a battery", "NTP"],
)
def test_a_clock_that_ran_on_is_played_by(ward: Ward, machine: Machine) -> None:
    hear_centre(ward)
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.machine = machine
    ward.reboot()
    ward.spend(40)
    assert ward.ends() == [(1, "played", None)]


def test_a_journal_that_is_full_gets_the_room_held_for_it(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(25)
    assert ward.agent.ballast.held
    ward.agent.guard._unwritten(sqlite3.OperationalError("database or disk is full"))
    assert (ward.agent.ballast.held, ward.agent.guard.failing) == (False, False)
    ward.agent.guard._unwritten(sqlite3.OperationalError("database or disk is full"))
    assert ward.agent.guard.failing


def work(ward: Ward, *, seconds: int) -> None:
    """Let the guarded loop work for a while."""
    for _ in range(seconds * 10):
        ward.clock.advance(0.1)
        ward.agent.guard.work()


@pytest.fixture
def manager(tmp_path: Path, ward: Ward) -> Iterator[socket.socket]:
    """Return the socket that the ward's watchdog speaks to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        ward.agent.guard.watchdog = Watchdog(str(tmp_path / "notify"), ward.clock, term=30)
        yield listening


def fed(manager: socket.socket) -> bool:
    """Tell whether the watchdog was fed since the last look."""
    said = b""
    with suppress(BlockingIOError):
        while True:
            said += manager.recv(4096)
    return b"WATCHDOG=1" in said


def test_the_watchdog_is_fed_only_by_a_loop_that_works(ward: Ward, manager: socket.socket) -> None:
    database = ward.agent.journal.chain._db._db
    ward.agent.guard.work()
    worked = fed(manager)
    database.execute("pragma query_only = on")
    ward.agent.ballast.give_up()
    ward.agent.timekeeper.set_floor(NOON + timedelta(days=1))
    ward.clock.advance(60)
    ward.agent.guard.work()
    starving = fed(manager)
    database.execute("pragma query_only = off")
    ward.agent.guard.work()
    assert (worked, starving, fed(manager)) == (True, False, True)


def test_the_manager_is_told_what_the_station_is_at(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.agent.line.told("im")
    assert ward.agent._status() == "không phát gì; mất kết nối với trung tâm"
    ward.spend(25)
    ward.agent.line.told(None)
    assert ward.agent._status() == "đang phát: Bản tin 1"


def test_a_journal_that_breaks_while_it_runs_ends_the_program_and_the_next_start_has_a_new_one(
    ward: Ward,
) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    database = ward.agent.journal.chain._db._db
    database.execute("pragma wal_checkpoint(truncate)")
    database.execute("pragma shrink_memory")
    size = ward.settings.journal.stat().st_size
    with ward.settings.journal.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(CorruptError, match="mở nhật ký mới"):
        work(ward, seconds=30)
    ward.reboot()
    ward.spend(1)
    assert ward.alarms() == ["journal_damaged"]
