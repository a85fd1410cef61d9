"""Laying a station's rows out: what stands, what may be moved, and what was taken back (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from content.contracts.airings import Kind, Level, Reason, State
from scheduler.hearings import Hearing, Key
from scheduler.idents import CLOSING, OPENING
from scheduler.lock_in import LockIn
from scheduler.picture import Desk
from scheduler.rows import Row
from scheduler.shares import Timetable
from scheduler.timeline import Slot

SILENT = frozenset({State.CANCELLED.value, State.MISSED.value, State.SKIPPED.value})
_RELEASED = State.RELEASED.rank
_IDENT, _EMERGENCY = Kind.IDENT.value, Level.EMERGENCY.value


@dataclass(slots=True)
class Laid:
    """One station's airings, sorted out.

    `rows` by key; `gone`: (order, due date) → the numbers taken back; `kept`: what may be moved, not before
    the instant given; `stays`: what stands, its slots in `standing`; `anchored` went out by an approver's
    word, with the broadcast it lies in.  Idents: `signed` stand, `kept_signs` may be moved.
    """

    rows: dict[Key, Row] = field(default_factory=dict)
    gone: dict[tuple[int, date], set[int]] = field(default_factory=dict)
    kept: dict[Key, int] = field(default_factory=dict)
    stays: set[Key] = field(default_factory=set)
    standing: list[Slot] = field(default_factory=list)
    movable: list[Row] = field(default_factory=list)
    anchored: dict[Key, tuple[Row, int | None]] = field(default_factory=dict)
    idents: list[Row] = field(default_factory=list)
    signed: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    kept_signs: dict[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Laying:
    """Lays one station's rows out; `weekly`: an approver releases its weeks.

    `way` are the ids of what makes way for a fixed time that is new, `sources`: order → what stands for the
    wording of its relay.
    """

    desk: Desk
    timetable: Timetable
    lock: LockIn
    weekly: bool = False
    way: Collection[str] = ()
    sources: Mapping[int, int] = field(default_factory=dict)
    laid: Laid = field(default_factory=Laid)

    def lay_all(self) -> Laid:
        """Return all rows laid out; what went out by approval is `anchored` until it is known to be owed.

        Most rows are hearings that may be moved, and there are very many: they are not handed on.
        """
        laid, floor_of, weekly, way = self.laid, self.lock.floor, self.weekly, self.way
        rows, kept, movable = laid.rows, laid.kept, laid.movable
        for row in self.desk.rows:
            key = (row.order, row.due, row.n) if row.order and row.due and row.n else None
            if key is not None:
                rows[key] = row
                if row.reason is not None and _taken_back(row):
                    laid.gone.setdefault(key[:2], set()).add(key[2])
            floor = row.starts if row.id in way else floor_of(row)
            if floor is None or key is None or (weekly and row.rank == _RELEASED):
                self._lay_apart(row, floor, key)
            else:
                movable.append(row)
                kept[key] = floor
        return laid

    def anchor(self, owed: Sequence[Hearing]) -> None:
        """Let what went out by approval stand where it is, as long as it is owed; the rest is taken back."""
        wanted = {hearing.key for hearing in owed} if self.laid.anchored else set()
        for key, (row, frame) in self.laid.anchored.items():
            if key in wanted:
                self._let_stand(row, frame, key)
            else:
                self.laid.movable.append(row)

    def _lay_apart(self, row: Row, floor: int | None, key: Key | None) -> None:
        """Lay what stays where it is (no `floor`), what went out by approval, and what is no hearing."""
        if row.kind == _IDENT:
            self.laid.idents.append(row)
        if floor is None:
            if row.state not in SILENT and not row.recalled:
                self._let_stand(row, self._frame_of(row), key)
        elif self.weekly and row.rank == _RELEASED:
            self._hold(row, key)
        else:
            self.laid.movable.append(row)
            if row.n and (frame := self._frame_of(row)) is not None:
                self.laid.kept_signs[frame, _role(row.n)] = floor

    def _hold(self, row: Row, key: Key | None) -> None:
        """Lay what went out by an approver's word: it stands, or is taken back: to move it asks anew."""
        frame = self._frame_of(row)
        if key is None:
            self._let_stand(row, frame, key)
        elif row.window is None or (
            frame is not None and row.starts + row.length <= self.timetable.frames[frame].ends
        ):
            self.laid.anchored[key] = (row, frame)
        else:
            self.laid.movable.append(row)

    def _let_stand(self, row: Row, frame: int | None, key: Key | None) -> None:
        laid, ends = self.laid, row.starts + row.length
        if row.kind == _IDENT:
            laid.standing.append(Slot(row.starts, ends))
            if frame is not None and row.n:
                laid.signed[frame, _role(row.n)] = (row.starts, ends)
            return
        wording = row.wording if row.wording is not None else self.sources.get(row.order or 0)
        laid.standing.append(Slot(row.starts, ends, wording, frame, row.level == _EMERGENCY))
        if key is not None:
            laid.stays.add(key)

    def _frame_of(self, row: Row) -> int | None:
        """Return the broadcast that an airing lies in."""
        if row.window is None:
            return None
        windows, frames = self.desk.windows, self.timetable.frames
        for number in self.timetable.around(row.starts):
            if windows[frames[number].window].id == row.window:
                return number
        return None


def _taken_back(row: Row) -> bool:
    """Tell whether a hearing is owed again: its wording changed, or the planner took its room away."""
    ended = row.state == State.CANCELLED or row.recalled
    return row.reason == Reason.RECALLED or (row.reason == Reason.OVER_LIMIT and ended)


def _role(n: int) -> str:
    """Return the role of an ident by its number: odd ones open."""
    return OPENING if n % 2 else CLOSING
