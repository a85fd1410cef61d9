"""The one place that moves an airing: its rank only rises, and every step is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Result,
    Select,
    SQLColumnExpression,
    Update,
    bindparam,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from content.contracts.airings import Reason, State
from content.db import UtcDateTime
from scheduler.models.airing import Airing, AiringChange

_ROWS, _STEPS = Airing.metadata.tables["airing"], Airing.metadata.tables["airing_change"]
_ALONG = update(_ROWS).where(_ROWS.c.id == bindparam("b_id"), _ROWS.c.rank < bindparam("b_rank"))
_UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True)
class Withdrawn:
    """How many airings were cancelled at once, and how many only recalled (the station has them)."""

    cancelled: int = 0
    recalled: int = 0

    def __add__(self, other: Withdrawn) -> Withdrawn:
        return Withdrawn(self.cancelled + other.cancelled, self.recalled + other.recalled)


def move(
    session: Session,
    airing_id: str,
    state: State,
    *,
    at: datetime,
    by: str,
    reason: str | None = None,
    **facts: Any,
) -> bool:
    """Bring one airing to `state` unless it stands there or beyond; tell whether it moved."""
    return bool(move_all(session, Airing.id == airing_id, state, at=at, by=by, reason=reason, **facts))


def move_all(
    session: Session,
    which: ColumnElement[bool],
    state: State,
    *,
    at: datetime,
    by: str,
    reason: str | None = None,
    **facts: Any,
) -> Sequence[str]:
    """Bring every airing in `which` below the rank of `state` to it, in one UPDATE; return their ids."""
    statement = (
        update(Airing)
        .where(which, Airing.rank < state.rank)
        .values(state=str(state), rank=state.rank, reason=reason, updated_at=at, **facts)
        .returning(Airing.id)
    )
    moved = sorted(session.scalars(statement, execution_options=_UNSYNCED).all())
    _forget(session, moved)
    _note(session, [_step(name, state, at=at, by=by, reason=reason) for name in moved])
    return moved


def move_many(session: Session, which: ColumnElement[bool], state: State, *, at: datetime, by: str) -> int:
    """Bring every airing in `which` below the rank of `state` to it, steps and all; return how many.

    However many there are, no row leaves the database.
    """
    lower = which & (Airing.rank < state.rank)
    moved = update(Airing).where(lower).values(state=str(state), rank=state.rank, reason=None, updated_at=at)
    if session.get_bind().dialect.name == "postgresql":
        count = _move_in_one_statement(session, moved, state, at=at, by=by)
    else:
        _note_all(session, select(*_columns(Airing.id, state, at, by)).where(lower))
        count = _count(session.execute(moved, execution_options=_UNSYNCED))
    if count:
        _forget_all(session)
    return count


def release_each(session: Session, generations: Mapping[str, int], *, at: datetime, by: str) -> None:
    """Bring planned airings to `released`, each by the generation that is named for it: {id: generation}."""
    if not generations:
        return
    state, row = State.RELEASED, Airing.__table__.c
    statement = (
        update(Airing)
        .where(row.id == bindparam("name"), row.rank < state.rank)
        .values(state=str(state), rank=state.rank, updated_at=at, released_generation=bindparam("carried"))
    )
    named = [{"name": name, "carried": generation} for name, generation in generations.items()]
    session.connection().execute(statement, named)
    _forget(session, list(generations))
    _note(session, [_step(name, state, at=at, by=by) for name in generations])


@dataclass(frozen=True)
class Way:
    """How one airing goes on: who says so, the states it comes to (each with its reason), and the facts of
    its end.
    """

    airing: str
    by: str
    steps: tuple[tuple[State, str | None], ...]
    facts: Mapping[str, Any]


def move_along(session: Session, ways: Sequence[Way], *, at: datetime) -> None:
    """Take many airings along their ways in a few statements.

    The caller holds their rows and knows them to stand below the first step of each.
    """
    held: dict[frozenset[str], list[dict[str, Any]]] = {}
    for way in ways:
        last, reason = way.steps[-1]
        row = {"b_id": way.airing, "b_rank": last.rank, "state": str(last), "rank": last.rank}
        why = None if reason is None else str(reason)
        held.setdefault(frozenset(way.facts), []).append(
            {**row, "reason": why, "updated_at": at, **way.facts}
        )
    for rows in held.values():
        session.connection().execute(_ALONG, rows)
    _forget(session, [way.airing for way in ways])
    steps = [(way, state, reason) for way in ways for state, reason in way.steps]
    _note(
        session, [_step(way.airing, state, at=at, by=way.by, reason=reason) for way, state, reason in steps]
    )


def withdraw(
    session: Session, ids: Sequence[str], *, at: datetime, by: str, reason: Reason, note: str | None = None
) -> Withdrawn:
    """Cancel what was never released; mark the rest recalled: their state follows the station's answer."""
    planned = Airing.id.in_(ids) & (Airing.rank == State.PLANNED.rank)
    cancelled = move_all(session, planned, State.CANCELLED, at=at, by=by, reason=reason, note=note)
    statement = (
        update(Airing)
        .where(Airing.id.in_(ids), Airing.rank < State.CANCELLED.rank, Airing.recalled_at.is_(None))
        .values(recalled_at=at, reason=str(reason), note=note, updated_at=at)
        .returning(Airing.id, Airing.state)
    )
    recalled = session.execute(statement, execution_options=_UNSYNCED).all()
    _forget(session, [name for name, _ in recalled])
    steps = [_step(name, State(state), at=at, by=by, reason=reason) for name, state in sorted(recalled)]
    _note(session, steps)
    return Withdrawn(len(cancelled), len(recalled))


def note_places(session: Session, airings: Iterable[Airing], *, at: datetime, by: str) -> None:
    """Write down that airings were moved in time; they keep their names and states."""
    steps = [
        _step(airing.id, State(airing.state), at=at, by=by, starts_at=airing.starts_at) for airing in airings
    ]
    _note(session, steps)


def _forget(session: Session, ids: Sequence[str]) -> None:
    """Let the session read again what was changed behind its back."""
    for name in ids:
        known = session.identity_map.get(identity_key(Airing, name))
        if known is not None:
            session.expire(known)


def _forget_all(session: Session) -> None:
    for known in session.identity_map.values():
        if isinstance(known, Airing):
            session.expire(known)


def _move_in_one_statement(session: Session, moved: Update, state: State, *, at: datetime, by: str) -> int:
    """Move and note at once: between two statements others could commit."""
    ids = moved.returning(Airing.id).cte("moved")
    return _note_all(session, select(*_columns(ids.c.id, state, at, by)))


def _columns(airing: SQLColumnExpression[str], state: State, at: datetime, by: str) -> list[Any]:
    return [airing, literal(at, UtcDateTime()), literal(str(state)), literal(by)]


def _note_all(session: Session, steps: Select[Any]) -> int:
    statement = insert(AiringChange).from_select(["airing", "at", "state", "by"], steps)
    return _count(session.execute(statement, execution_options={"preserve_rowcount": True}))


def _count(result: Result[Any]) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


def _step(
    airing: str,
    state: State,
    *,
    at: datetime,
    by: str,
    reason: str | None = None,
    starts_at: datetime | None = None,
) -> dict[str, Any]:
    why = None if reason is None else str(reason)
    return {
        "airing": airing,
        "at": at,
        "state": str(state),
        "starts_at": starts_at,
        "reason": why,
        "by": by,
    }


def _note(session: Session, steps: list[dict[str, Any]]) -> None:
    if steps:
        session.connection().execute(_STEPS.insert(), steps)
