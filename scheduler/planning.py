"""Planning: read, let the planner decide, write the difference.  A second run writes nothing.

`plan` is what the scheduler does: it follows the log of changes, plans only the stations they touch and
moves nothing inside the lock-in.  `replan` does all stations by force: nothing but the handing over to
the stations holds it back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from content.contracts.airings import Reason
from content.db import lock_chain
from scheduler import changes, relays, states
from scheduler.hearings import Left
from scheduler.idents import Idents, no_idents
from scheduler.moments import to_instant
from scheduler.outcome import FULL, HELD_UP, WAITED, NewAiring, Outcome, Remark, Shift, outcome_of
from scheduler.owing import Owing, Stand
from scheduler.packing import pack
from scheduler.picture import Desk, all_stations, batches, read_desks, read_picture
from scheduler.raw import Turned, instant_of
from scheduler.rules import Rules
from scheduler.shares import Measures, Packed
from scheduler.storing import Move, Store
from scheduler.voiding import void

BY = "planner"
BATCH = 500
"""Stations read, decided and written at a time."""
TURN = 2000
"""Stations whose horizon is extended in one run: the others have their turn in the next."""
_REMARKS = {
    FULL: "Buổi {:%H:%M ngày %d/%m} không đủ chỗ, chuyển sang buổi này.",
    WAITED: "Ngày {:%d/%m} không đủ chỗ, chuyển sang buổi này.",
    HELD_UP: "Giờ cố định {:%H:%M} không còn trống, phát ngay sau đó.",
}
MOMENT = timedelta(microseconds=1)
"""A row that is written again is always newer than it was: `release` looks for what is newer."""


@dataclass
class PlanResult:
    """What one run changed (airings), the hearings it found no room for, and the stations it left."""

    created: int = 0
    moved: int = 0
    cancelled: int = 0
    recalled: int = 0
    stations: int = 0
    left: int = 0
    unplaced: list[Left] = field(default_factory=list)

    @property
    def written(self) -> int:
        """How many airings were written at all."""
        return self.created + self.moved + self.cancelled + self.recalled

    def withdrawn(self, done: states.Withdrawn) -> None:
        """Count what was taken back."""
        self.cancelled += done.cancelled
        self.recalled += done.recalled


def replan(
    session: Session,
    now: datetime,
    rules: Rules,
    idents: Idents = no_idents,
    *,
    only: Sequence[str] | None = None,
) -> PlanResult:
    """Bring the airings of all stations (or `only` these) into line, by force, whatever the log says."""
    lock_chain(session, "planning")
    if only is None:
        changes.catch_up(session, now)
    result = PlanResult()
    result.withdrawn(void(session, now, rules))
    result.withdrawn(relays.void_relays(session, now, by=BY))
    session.flush()
    owing = Owing(read_picture(session, now, rules, idents), now, rules, force=True)
    names = all_stations(session)
    _run(session, names if only is None else sorted(set(only).intersection(names)), owing, result)
    return result


def plan(
    session: Session,
    now: datetime,
    rules: Rules,
    idents: Idents = no_idents,
    *,
    full: bool = False,
    batch: int = BATCH,
    enough: Callable[[], bool] = lambda: False,
) -> PlanResult:
    """Bring into line what changed since the last run; with `full` every station (nothing by force).

    The day's first runs extend the horizon, some stations at a time.  When `enough` says so, the rest
    stays marked and is left to the next run; it is asked after every `batch` of stations.
    """
    lock_chain(session, "planning")
    result = PlanResult()
    touched = changes.take_in(session, now, rules, all_of_them=full)
    if touched.voids:
        result.withdrawn(void(session, now, rules, only=touched.voids))
        result.withdrawn(relays.void_relays(session, now, by=BY))
    names = changes.dirty(session, turn=TURN)
    if names:
        picture = read_picture(session, now, rules, idents, places=touched.places)
        _run(session, names, Owing(picture, now, rules), result, size=batch, enough=enough)
    return result


def _run(
    session: Session,
    names: Sequence[str],
    owing: Owing,
    result: PlanResult,
    *,
    size: int = BATCH,
    enough: Callable[[], bool] = lambda: False,
) -> None:
    """Plan some stations, batch by batch, until it is `enough`."""
    picture, now = owing.picture, owing.now
    decider, writer = Decider(Measures.of(owing.rules)), _Writer(session, now, owing.rules, result)
    for batch in batches(names, size):
        for desk in read_desks(session, batch, picture):
            stand = owing.stand(desk)
            writer.take(outcome_of(stand, decider.decide(stand)))
        writer.flush()
        changes.done(session, batch, now)
        result.stations += len(batch)
        if enough():
            break
    result.left = len(names) - result.stations


class Decider:
    """Packs, stations with equal inputs once."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures
        self._known: dict[tuple[object, ...], Packed] = {}

    def decide(self, stand: Stand) -> Packed:
        """Return the decision for a station."""
        if stand.memo not in self._known:
            self._known[stand.memo] = pack(stand.share, self._measures)
        return self._known[stand.memo]


class _Writer:
    """Gathers the outcomes of a batch and writes them."""

    def __init__(self, session: Session, now: datetime, rules: Rules, result: PlanResult) -> None:
        self._session = session
        self._now = now
        self._rules = rules
        self._result = result
        self._store = Store(session)
        self._made_at = self._store.moment(now)
        self._notes: dict[Remark, str] = {}
        self._newer = Turned(self._newer_than)
        self._new: list[tuple[Any, ...]] = []
        self._shifts: list[Shift] = []
        self._lost: list[str] = []
        self._left: list[dict[str, Any]] = []
        self._placed: list[tuple[int, str, date, int]] = []

    def take(self, outcome: Outcome) -> None:
        """Keep one station's outcome for the next flush."""
        desk = outcome.desk
        self._new.extend(self._tuple(new, desk) for new in outcome.new)
        self._shifts.extend(outcome.moved)
        self._lost.extend(row.id for row in outcome.lost)
        self._result.created += len(outcome.new)
        self._result.moved += len(outcome.moved)
        self._result.unplaced.extend(outcome.left)
        if outcome.left or desk.left:
            self._compare_left(outcome)

    def flush(self) -> None:
        """Write what was gathered."""
        if self._lost:
            lost = states.withdraw(self._session, self._lost, at=self._now, by=BY, reason=Reason.OVER_LIMIT)
            self._result.withdrawn(lost)
        self._store.add(self._new)
        self._store.replace_tickets([_rewording(shift) for shift in self._shifts if shift.ticket])
        self._store.move([self._move(shift) for shift in self._shifts], at=self._now, by=BY)
        self._store.leave(self._placed, self._left)
        for gathered in (self._new, self._shifts, self._lost, self._left, self._placed):
            gathered.clear()

    def _tuple(self, new: NewAiring, desk: Desk) -> tuple[Any, ...]:
        ticket, instants = new.ticket, self._store.instants
        return (
            new.id,
            ticket.kind.value,
            new.level,
            desk.name,
            desk.unit_id,
            new.order,
            ticket.bulletin,
            ticket.revision,
            ticket.approval,
            new.window,
            self._store.days[new.due],
            new.n,
            instants[new.starts],
            instants[new.latest],
            ticket.length,
            new.gain,
            ticket.sha256,
            ticket.bytes,
            ticket.media_type,
            ticket.title,
            ticket.programme,
            "planned",
            0,
            None if new.remark is None else self._note(new.remark),
            self._made_at,
            self._made_at,
        )

    def _newer_than(self, raw: Any) -> Any:
        """Return when a row that was written last at `raw` is written now, both in the driver's own form."""
        return self._store.moment(max(self._now, instant_of(raw) + MOMENT))

    def _note(self, remark: Remark) -> str:
        if remark not in self._notes:
            when = remark.when
            wall = to_instant(when).astimezone(self._rules.zone) if isinstance(when, int) else when
            self._notes[remark] = _REMARKS[remark.why].format(wall)
        return self._notes[remark]

    def _move(self, shift: Shift) -> Move:
        row, window, starts, latest, remark, _, gain = shift
        instants = self._store.instants
        note = None if remark is None else self._note(remark)
        where = (instants[starts], instants[latest], window, gain)
        return Move._make((*where, note, self._newer[row.updated], row.stored, row.id, row.state))

    def _compare_left(self, outcome: Outcome) -> None:
        """Keep what found no room now, forget what was kept before and is not so any more."""
        name, before = outcome.desk.name, outcome.desk.left
        now = {(one.order, one.due, one.n): (one.reason, one.facts) for one in outcome.left}
        for (order, due, n), said in before.items():
            if now.get((order, due, n)) != said:
                self._placed.append((order, name, due, n))
        for (order, due, n), (reason, facts) in now.items():
            if before.get((order, due, n)) != (reason, facts):
                key = {"order_id": order, "station": name, "due": due, "n": n}
                self._left.append({**key, "reason": reason, "detail": facts, "at": self._now})


def _rewording(shift: Shift) -> dict[str, Any]:
    """Return the columns of an ident that gets another wording."""
    ticket = shift.ticket
    if ticket is None:
        raise ValueError("no other wording")
    return {
        "key": shift.row.id,
        "bulletin_id": ticket.bulletin,
        "revision_id": ticket.revision,
        "approval_id": ticket.approval,
        "duration_ms": ticket.length,
        "clip_sha256": ticket.sha256,
        "clip_bytes": ticket.bytes,
        "media_type": ticket.media_type,
        "title": ticket.title,
    }
