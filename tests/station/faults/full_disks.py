"""A disk that is truly full: a small file system of the station's own, filled to its last byte.

It needs a kernel that lets us mount in a name space of our own, so it is no part of the suite.
"""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path

from tests.station.faults.case import Case, Fault
from tests.station.faults.ears import Sound
from tests.station.faults.kills import NONE, PLAYED, WHOLE
from tests.station.faults.machine import until

SIZE = "32m"
MOUNT = 'mount -t tmpfs -o size={size} tmpfs "$0" && cp -a "$0.seed/." "$0/" && {more} exec "$@"'
FILL = 'dd if=/dev/zero of="$0/filler" bs=4k 2>/dev/null;'
LARGER_THAN_THE_ROOM_MS = 30_000
ALREADY_LEFT = "missed (clip_missing)"


def disk_full(case: Case) -> None:
    """Fill the disk: what is on it plays and is journalled, what is new is refused and told; then free it."""
    case.machine.environ["LOAPHUONG_STATION_SINK"] = "silent"
    case.town.plan(case.ward, 9.0)
    with case.machine.running_on(_mounted(case, "")) as process:
        case.holds(1)
        until(lambda: "every clip" in case.machine.log(), "the clip is here")
        filler = Path(f"/proc/{process.pid}/root{case.machine.data}/filler")
        _fill(filler)
        case.town.plan(case.ward, 12.0, late_s=2.0, ms=LARGER_THAN_THE_ROOM_MS)
        until(lambda: case.town.passed(case.ward, 1), "the airing without room is past")
        filler.unlink()
        case.town.plan(case.ward, 6.0)
        case.settled()


def starts_on_a_full_disk(case: Case) -> None:
    """Cut the power on a full disk and start again: the room that was held is what it starts with."""
    case.machine.environ["LOAPHUONG_STATION_SINK"] = "silent"
    case.town.plan(case.ward, 2.5)
    case.town.plan(case.ward, 30.0)
    with case.machine.running():
        case.has_clips(2)
        until(lambda: case.machine.unsent() == 0 and case.town.states(case.ward)[0] == PLAYED, "played")
    with case.machine.running_on(_mounted(case, FILL)):
        case.settled()


def heard_in_log(case: Case) -> list[Sound]:
    """Return what the silent sink says that it sounded."""
    told = re.findall(r"(on air [\d:]+|played): Bản tin (\d+)", case.machine.log())
    planned, found = case.ward.planned, []
    for what, number in told:
        place = int(number)
        if what != "played":
            whole = ("played", number) in told
            found.append(Sound(place, planned[place].starts_at, planned[place].ms if whole else 0))
    return found


def _mounted(case: Case, more: str) -> tuple[str, ...]:
    data = case.machine.data
    shutil.copytree(data, data.with_name(data.name + ".seed"))
    return ("unshare", "-rm", "sh", "-c", MOUNT.format(size=SIZE, more=more), str(data))


def _fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(1 << 12))


FULL_DISKS = [
    Fault(
        "disk full",
        disk_full,
        (WHOLE, NONE, WHOLE),
        (PLAYED, ALREADY_LEFT, PLAYED),
        ("disk_full",),
        heard=heard_in_log,
    ),
    Fault(
        "starts on a full disk", starts_on_a_full_disk, (WHOLE, WHOLE), (PLAYED, PLAYED), heard=heard_in_log
    ),
]
