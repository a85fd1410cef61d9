"""Commands to stations; they travel in the signed manifest, never by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts import manifest
from content.contracts.asrun import AsRun
from content.contracts.manifest import COMMAND_KINDS
from content.errors import ConflictError, InvalidInputError
from scheduler.models.airing import Airing
from scheduler.models.command import Command
from scheduler.models.station import Station

LIFETIME = timedelta(minutes=5)
LOUDEST = 100
AT_STATION = "desk"
"""Who a command is by that was given at the station's own page."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_VALUE = 200
_NEEDS_ITEM = ("play", "skip")


def send(
    session: Session,
    station: Station,
    kind: str,
    *,
    by: str,
    now: datetime,
    item: str | None = None,
    value: int | str | None = None,
    lifetime: timedelta = LIFETIME,
) -> Command:
    """Give the station a command that it does once before `now + lifetime`; `by` is a login.

    `play` and `skip` name an airing of the station in `item`; `volume` has 0 … 100 in `value`.
    The station learns of it with the next manifest.
    """
    if station.enrolled_at is None or station.retired_at is not None:
        raise ConflictError("Trạm {title} chưa ghi danh hoặc đã ngừng dùng.", title=station.title)
    _check(session, station, kind, item, value)
    command = Command(
        id=str(uuid4()),
        station=station.name,
        kind=kind,
        item=item,
        value=value,
        by=by,
        issued_at=now,
        expires_at=now + lifetime,
    )
    session.add(command)
    session.flush()
    return command


def pending(session: Session, stations: Iterable[str], now: datetime) -> dict[str, list[manifest.Command]]:
    """Return station → what it has still to do, as the manifest carries it, oldest first."""
    query = select(Command).where(
        Command.station.in_(list(stations)), Command.done_at.is_(None), Command.expires_at > now
    )
    found: dict[str, list[manifest.Command]] = {}
    for row in session.scalars(query.order_by(Command.issued_at, Command.id)):
        found.setdefault(row.station, []).append(_to_wire(row))
    return found


def mark_done(session: Session, station: Station, record: AsRun, at: datetime) -> None:
    """Close the command that a `command` record names; without a reason in the record it was done.

    The record's note reads `kind id value`, its reason says why the station refused.  What somebody did
    at the station's own page was never sent from here: the record makes its row, done already.
    """
    words = (record.note or "").split(" ", 2)
    command = session.get(Command, words[1]) if len(words) > 1 else None
    if command is None and record.by == AT_STATION:
        command = _born(session, station, record, words, at)
    if command is not None and command.station == station.name and command.done_at is None:
        command.done_at, command.outcome = at, str(record.reason or "done")
        session.flush()


def _born(
    session: Session, station: Station, record: AsRun, words: list[str], at: datetime
) -> Command | None:
    """Make the row of what was done at the station; None when the record is of no form we know."""
    kind, name, said = [*words, "", "", ""][:3]
    if kind not in COMMAND_KINDS or not _UUID.fullmatch(name):
        return None
    percent = int(said) if said.isdecimal() and len(said) <= len(str(LOUDEST)) else None
    value = percent if kind == "volume" else said[:_LONGEST_VALUE] or None
    command = Command(
        id=name,
        station=station.name,
        kind=kind,
        item=record.airing,
        value=value,
        by=AT_STATION,
        issued_at=at,
        expires_at=at,
    )
    session.add(command)
    return command


def _check(session: Session, station: Station, kind: str, item: str | None, value: object) -> None:
    if kind not in COMMAND_KINDS:
        raise InvalidInputError("Không có lệnh “{kind}”.", field="kind", kind=kind[:40])
    if kind == "volume" and not (type(value) is int and 0 <= value <= LOUDEST):
        raise InvalidInputError("Âm lượng là số từ 0 đến 100.", field="value")
    if item is None and kind in _NEEDS_ITEM:
        raise InvalidInputError("Hãy chọn lượt phát.", field="item")
    airing = session.get(Airing, item) if item is not None else None
    if item is not None and (airing is None or airing.station != station.name):
        raise InvalidInputError("Trạm này không có lượt phát đó.", field="item")


def _to_wire(row: Command) -> manifest.Command:
    return manifest.Command(row.id, row.kind, row.item, row.value, row.by, row.issued_at, row.expires_at)
