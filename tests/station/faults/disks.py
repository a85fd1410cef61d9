"""Faults of what the machine keeps: the disk full, a clip damaged, the journal damaged or gone."""

from __future__ import annotations

import os
import resource
import signal
from functools import partial
from pathlib import Path

from tests.station.faults.case import Case, Fault
from tests.station.faults.kills import CUT, NONE, PLAYED, WHOLE
from tests.station.faults.machine import until

LATE = "missed (late)"
FAILED = "interrupted (player_failed)"
PRELOAD_S = 8.0


def no_file_grows(case: Case) -> None:
    """Let no write of the station succeed for a while (a limit of the system), across one airing.

    Nothing sounds that cannot be journalled; what is still in time plays once writing works again.
    """
    with case.machine.running() as process:
        until(case.machine.records, "the station is at work")
        case.town.plan(case.ward, 10.0, late_s=2.0)
        case.town.plan(case.ward, 12.0)
        case.holds(case.town.newest(case.ward))
        case.has_clips(2)
        _limit(process.pid, 0)
        until(lambda: case.town.passed(case.ward, 0), "the first airing is past")
        _limit(process.pid, resource.RLIM_INFINITY)
        case.told()


def clip_is_damaged(case: Case, *, line_cut: bool) -> None:
    """Turn one byte of a clip on the disk; with a line it is fetched again in time."""
    with case.machine.running():
        until(case.machine.records, "the station is at work")
        case.town.plan(case.ward, PRELOAD_S + 10.0, late_s=3.0)
        case.town.plan(case.ward, PRELOAD_S + 12.0)
        case.holds(case.town.newest(case.ward))
        case.has_clips(2)
        first = case.town.clip(case.ward, 0)
        case.wire.cut = line_cut
        _turn_a_byte(case.machine.data / "clips" / first)
        if line_cut:
            until(lambda: case.town.passed(case.ward, 0), "the airing is past")
        case.wire.cut = False
        case.told()


def journal_is_lost(case: Case, *, deleted: bool) -> None:
    """Damage (or delete) the journal after an airing that is still in time to be played again."""
    case.town.plan(case.ward, 2.5, late_s=60)
    with case.machine.running():
        case.told()
    if deleted:
        for file in case.machine.data.glob("journal.db*"):
            file.unlink()
    else:
        _spoil(case.machine.data)
    _play_on(case)
    aside = len(list(case.machine.data.glob("journal.db.damaged-*")))
    case.notes.append(f"{aside} journals kept aside")


def journal_is_damaged_while_it_runs(case: Case) -> None:
    """Overwrite the journal under the running station, and start the machine again."""
    case.town.plan(case.ward, 2.5, late_s=60)
    with case.machine.running() as process:
        case.told()
        _spoil(case.machine.data)
        case.town.plan(case.ward, 5.0, late_s=4.0)
        until(lambda: case.town.passed(case.ward, 1), "the second airing is past")
        case.notes.append("ended by itself" if process.poll() is not None else "went on running")
    _play_on(case)


def _play_on(case: Case) -> None:
    """Start the machine, and owe it an airing once it has opened a new chain."""
    with case.machine.running():
        until(lambda: "new_chain" in case.town.alarms(case.ward), "a new chain is opened")
        case.town.plan(case.ward, 4.0)
        case.told()


def _spoil(folder: Path) -> None:
    for file in [folder / "journal.db", *folder.glob("journal.db-wal")]:
        with file.open("r+b") as opened:
            opened.write(os.urandom(file.stat().st_size))


def decoder_is_killed(case: Case) -> None:
    """Kill the player's own process in the middle of an airing."""
    case.town.plan(case.ward, 3.0, ms=5000)
    case.town.plan(case.ward, 10.0)
    with case.machine.running() as process:
        case.sounds(60_000)
        os.kill(min(children(process.pid)), signal.SIGKILL)
        case.told()


def _limit(pid: int, size: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _turn_a_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)


def children(pid: int) -> list[int]:
    """Return the processes that a process has begun."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


NEW_CHAIN = ("new_chain", "journal_damaged", "contradiction")
DISKS = [
    Fault("nothing can be written", no_file_grows, (NONE, WHOLE), (LATE, PLAYED)),
    Fault(
        "clip damaged on disk",
        partial(clip_is_damaged, line_cut=False),
        (WHOLE, WHOLE),
        (PLAYED, PLAYED),
        ("clip_corrupt",),
    ),
    Fault(
        "clip damaged on disk, line cut",
        partial(clip_is_damaged, line_cut=True),
        (NONE, WHOLE),
        ("missed (clip_corrupt)", PLAYED),
        ("clip_corrupt",),
    ),
    Fault(
        "journal damaged",
        partial(journal_is_lost, deleted=False),
        (WHOLE, WHOLE),
        (PLAYED, PLAYED),
        NEW_CHAIN,
    ),
    Fault(
        "journal deleted", partial(journal_is_lost, deleted=True), (WHOLE, WHOLE), (PLAYED, PLAYED), NEW_CHAIN
    ),
    Fault(
        "journal damaged while it runs",
        journal_is_damaged_while_it_runs,
        (WHOLE, WHOLE, WHOLE),
        (PLAYED, PLAYED, PLAYED),
        NEW_CHAIN,
    ),
    Fault("player killed", decoder_is_killed, (CUT, WHOLE), (FAILED, PLAYED)),
]
