"""What the desk shows of one station, read in a handful of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.contracts.asrun import Event
from scheduler import alarms, board, proof, stations
from scheduler.models.airing import Airing
from scheduler.models.alarm import Alarm
from scheduler.models.asrun import AsRunRecord
from scheduler.models.command import Command
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.rules import Rules
from scheduler.stations import Connection
from web.ward.buttons import Sent, not_play, not_skip, not_test, refusals
from web.ward.sounding import Sounding, sounding

SILENT = "silent"
ORDERS_SHOWN = 4
_ORDERS_KEPT = timedelta(minutes=30)


@dataclass(frozen=True)
class Row:
    """One airing of the day: its shown state, and why it cannot be skipped or played now (None: it can)."""

    airing: Airing
    state: str
    not_skip: str | None
    skip_reason: str | None
    not_play: str | None

    @property
    def open(self) -> bool:
        """Whether something can still happen to it."""
        return self.state in {State.PLANNED, State.RELEASED, State.DUE, State.ON_AIR}


@dataclass(frozen=True)
class Picture:
    """A station now: `reaches` is how far the manifest goes that it says it holds.

    `lacks_at`: when the first airing comes whose clip it says it has not.
    """

    station: Station
    connection: Connection
    reaches: datetime | None
    lacks_at: datetime | None
    playing: Sounding | None
    next: Row | None
    today: list[Row]
    orders: list[Command]
    alarms: list[Alarm]
    refusals: dict[str, str]
    volume: int | None
    paused_by: str | None
    sent: Sent
    office: bool

    @property
    def counts(self) -> Counter[str]:
        """How many airings of the day stand in each state."""
        return Counter(row.state for row in self.today)

    def not_skip(self, airing: Airing) -> str | None:
        """Return why an airing of this station cannot be skipped, None when it can."""
        return not_skip(airing, office=self.office, sent=self.sent)

    def not_play(self, airing: Airing) -> str | None:
        """Return why an airing of this station cannot be called on air now, None when it can."""
        return not_play(airing, self.station, self.connection, self.sent)

    @property
    def left(self) -> int:
        """How many of the day are still to come."""
        return sum(row.open and row.state != State.ON_AIR for row in self.today)


def draw(session: Session, station: Station, now: datetime, *, rules: Rules, office: bool) -> Picture:
    """Return what the desk shows of `station`; `office`: the person may take off what must be aired."""
    near = board.now_and_next(session, station.name, now)
    day = board.day_of(session, station.name, now.astimezone(rules.zone).date(), rules.zone)
    orders = _orders(session, station, day, near.next, now)
    playing = _playing(session, near.now, orders, now)
    connection = stations.connection(station, now)
    sent = _sent(orders, near.now, now)
    reasons = {one.item: str(one.value) for one in orders if one.kind == "skip" and one.value is not None}

    def row(airing: Airing) -> Row:
        state = SILENT if proof.not_heard_from(airing, now) else airing.state
        return Row(
            airing,
            state,
            not_skip(airing, office=office, sent=sent),
            reasons.get(airing.id),
            not_play(airing, station, connection, sent),
        )

    return Picture(
        station=station,
        connection=connection,
        reaches=_reaches(session, station),
        lacks_at=board.lacking(session, [station], now).get(station.name),
        playing=playing,
        next=row(near.next) if near.next else None,
        today=[row(airing) for airing in day],
        orders=[one for one in reversed(orders) if one.issued_at > now - _ORDERS_KEPT][:ORDERS_SHOWN],
        alarms=alarms.open_alarms(session, station=station.name),
        refusals=refusals(connection, playing, sent, test=not_test(playing, near.next, sent, rules, now)),
        volume=_volume(session, station),
        paused_by=_paused_by(orders) if playing is not None and playing.paused else None,
        sent=sent,
        office=office,
    )


def _orders(
    session: Session, station: Station, day: Sequence[Airing], coming: Airing | None, now: datetime
) -> list[Command]:
    """Return the orders of the last half hour and those about the airings shown, oldest first."""
    shown = [airing.id for airing in day] + ([coming.id] if coming else [])
    query = select(Command).where(
        Command.station == station.name,
        Command.item.in_(shown) | (Command.issued_at > now - _ORDERS_KEPT),
    )
    return list(session.scalars(query.order_by(Command.issued_at, Command.id)))


def _playing(
    session: Session, airing: Airing | None, orders: Sequence[Command], now: datetime
) -> Sounding | None:
    if airing is None:
        return None
    started = _started_at(session, airing)
    switches = [
        (one.kind, one.done_at)
        for one in orders
        if one.kind in {"pause", "resume"} and one.done_at is not None and _worked(one, airing)
    ]
    return sounding(airing, started, [(kind, at) for kind, at in switches if at >= started], now)


def _started_at(session: Session, airing: Airing) -> datetime:
    """Return when it began; the station says that it starts a moment before the time is come."""
    query = select(AsRunRecord.at).where(
        AsRunRecord.airing == airing.id,
        AsRunRecord.station == airing.station,
        AsRunRecord.event == str(Event.STARTING),
    )
    said = session.scalar(query.order_by(AsRunRecord.at.desc()).limit(1))
    return max(said, airing.starts_at) if said is not None else airing.started_at or airing.starts_at


def _worked(order: Command, airing: Airing) -> bool:
    return order.outcome in {None, "done"} and order.item in {None, airing.id}


def _sent(orders: Sequence[Command], playing: Airing | None, now: datetime) -> Sent:
    waiting = [one for one in orders if one.done_at is None and one.expires_at > now]
    here = {None} if playing is None else {None, playing.id}
    return Sent(
        kinds=frozenset(one.kind for one in waiting if one.item in here),
        skips=_named(waiting, "skip"),
        plays=_named(waiting, "play"),
    )


def _named(waiting: Sequence[Command], kind: str) -> frozenset[str]:
    return frozenset(one.item for one in waiting if one.kind == kind and one.item)


def _reaches(session: Session, station: Station) -> datetime | None:
    query = select(Manifest.to).where(
        Manifest.station == station.name, Manifest.generation == station.generation
    )
    return session.scalar(query)


def _volume(session: Session, station: Station) -> int | None:
    """Return the volume that was last set and done, None when nobody has set one from here."""
    query = select(Command.value).where(
        Command.station == station.name,
        Command.kind == "volume",
        Command.done_at.is_not(None),
        Command.outcome.in_(("done",)) | Command.outcome.is_(None),
    )
    said = session.scalar(query.order_by(Command.issued_at.desc()).limit(1))
    return said if isinstance(said, int) else None


def _paused_by(orders: Sequence[Command]) -> str | None:
    return next((one.by for one in reversed(orders) if one.kind == "pause" and one.done_at), None)
