"""Writing a plan: many rows in one statement, by the way that is the fastest on each database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import delete, insert, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from content.db import UtcDateTime
from scheduler.models.airing import Airing
from scheduler.models.plan import Unplaced
from scheduler.moments import to_instant
from scheduler.raw import Turned

COLUMNS = (
    *("id", "kind", "level", "station", "unit_id", "order_id", "bulletin_id", "revision_id", "approval_id"),
    *(
        "window_id",
        "due",
        "n",
        "starts_at",
        "not_after",
        "duration_ms",
        "gain_mdb",
        "clip_sha256",
        "clip_bytes",
    ),
    *("media_type", "title", "programme", "state", "rank", "note", "created_at", "updated_at"),
)
"""The columns of a planned airing, in the order of its tuple."""
_SQLITE_MOVE = """UPDATE airing SET starts_at=?, not_after=?, window_id=?, gain_mdb=?, note=?, updated_at=?
 WHERE rowid=? AND id=?"""
_SQLITE_STEP = """INSERT INTO airing_change (airing, at, state, starts_at, "by") VALUES (?, ?, ?, ?, ?)"""
_STAGED = ("starts_at", "not_after", "window_id", "gain_mdb", "note", "updated_at", "id")
_STAGE = """CREATE TEMP TABLE IF NOT EXISTS planned_move (starts_at timestamptz, not_after timestamptz,
 window_id integer, gain_mdb integer, note text, updated_at timestamptz, id text) ON COMMIT DELETE ROWS"""
_POSTGRES_MOVE = """WITH moved AS (UPDATE airing SET starts_at = m.starts_at, not_after = m.not_after,
 window_id = m.window_id, gain_mdb = m.gain_mdb, note = m.note, updated_at = m.updated_at
 FROM planned_move m WHERE airing.id = m.id RETURNING airing.id, airing.state, airing.starts_at)
 INSERT INTO airing_change (airing, at, state, starts_at, "by")
 SELECT id, %s, state, starts_at, %s FROM moved ORDER BY id"""


class Move(NamedTuple):
    """A row's new place; instants in the driver's own form; `stored`: where SQLite keeps the row."""

    starts_at: Any
    not_after: Any
    window: int | None
    gain: int
    note: str | None
    updated_at: Any
    stored: int | None
    id: str
    state: str


class Store:
    """Writes for one session; `instants` (of ms) and `days` are as the driver takes them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._dialect = session.get_bind().dialect
        self._bind_instant = UtcDateTime().dialect_impl(self._dialect).bind_processor(self._dialect)
        bind_day = sqlalchemy.Date().dialect_impl(self._dialect).bind_processor(self._dialect)
        self.instants: Mapping[int, Any] = Turned(lambda ms: self.moment(to_instant(ms)))
        self.days: Mapping[date, Any] = Turned(bind_day or _as_it_is)

    def moment(self, instant: datetime) -> Any:
        """Return an instant that is finer than ms as the database's driver takes it."""
        return self._bind_instant(instant) if self._bind_instant else instant

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert planned airings (tuples of COLUMNS, in the driver's form), station by station.

        So a station's rows lie together, and are read together ever after.
        """
        self._insert(Airing.__table__, COLUMNS, rows)

    def move(self, moves: Sequence[Move], *, at: datetime, by: str) -> None:
        """Give airings their new places and write the step down, in the order of their ids."""
        if not moves:
            return
        if self._dialect.name == "sqlite":
            self._move_one_by_one(moves, self.moment(at), by)
        else:
            self._move_at_once(moves, self.moment(at), by)
        self._forget(move.id for move in moves)

    def _move_one_by_one(self, moves: Sequence[Move], at: Any, by: str) -> None:
        """Move by where the rows are kept, one beside the other: a look into no index."""
        connection = self._session.connection()
        connection.exec_driver_sql(_SQLITE_MOVE, [move[:8] for move in moves])
        steps = [(name, at, state, starts_at, by) for starts_at, *_, name, state in moves]
        connection.exec_driver_sql(_SQLITE_STEP, sorted(steps))

    def _move_at_once(self, moves: Sequence[Move], at: Any, by: str) -> None:
        connection = self._session.connection()
        connection.exec_driver_sql(_STAGE)
        self._copy("planned_move", _STAGED, sorted(((*m[:6], m.id) for m in moves), key=itemgetter(-1)))
        connection.exec_driver_sql(_POSTGRES_MOVE, (at, by))
        connection.exec_driver_sql("TRUNCATE planned_move")

    def replace_tickets(self, changes: Sequence[dict[str, Any]]) -> None:
        """Give idents that were not heard yet another wording (dicts with `key` and columns)."""
        for change in changes:
            values = {name: value for name, value in change.items() if name != "key"}
            statement = sqlalchemy.update(Airing).where(Airing.id == change["key"]).values(**values)
            self._session.execute(statement, execution_options={"synchronize_session": False})
        self._forget(change["key"] for change in changes)

    def leave(self, gone: Sequence[tuple[int, str, date, int]], new: Sequence[dict[str, Any]]) -> None:
        """Keep what found no room: take the rows of `gone` (order, station, due, n) away, add `new`."""
        key = tuple_(Unplaced.order_id, Unplaced.station, Unplaced.due, Unplaced.n)
        for at in range(0, len(gone), 500):
            statement = delete(Unplaced).where(key.in_(gone[at : at + 500]))
            self._session.execute(statement, execution_options={"synchronize_session": "fetch"})
        if new:
            self._session.execute(insert(Unplaced), list(new))

    def _insert(self, table: Any, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        connection = self._session.connection()
        listed = ", ".join(f'"{name}"' for name in names)
        if self._dialect.name == "sqlite":
            marks = ", ".join("?" * len(names))
            connection.exec_driver_sql(f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", list(rows))  # noqa: S608
            return
        self._copy(table.name, names, rows)

    def _copy(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        connection = self._session.connection()
        listed = ", ".join(f'"{name}"' for name in names)
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.close()

    def _forget(self, ids: Iterable[str]) -> None:
        """Let the session read again what was changed behind its back."""
        if not self._session.identity_map.values():
            return
        for name in ids:
            known = self._session.identity_map.get(identity_key(Airing, name))
            if known is not None:
                self._session.expire(known)


def _as_it_is(value: Any) -> Any:
    return value
