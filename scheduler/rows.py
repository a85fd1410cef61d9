"""A station's airings as the planner reads them: plain columns, instants in ms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, cast, literal_column, null, select, type_coerce
from sqlalchemy.orm import Session

from scheduler.models.airing import Airing
from scheduler.raw import RAW, Turned, day_of, ms_of


class Row(NamedTuple):
    """An airing; `updated` as it was read, `stored` where SQLite keeps it within a transaction."""

    id: str
    kind: str
    level: str
    station: str
    order: int | None
    wording: int | None
    window: int | None
    n: int | None
    length: int
    programme: str | None
    state: str
    rank: int
    reason: str | None
    updated: Any
    approval: int | None
    gain: int
    stored: int | None
    due: date | None
    starts: int
    latest: int
    recalled: bool


_AS_READ = Row._fields.index("due")
_MADE = partial(tuple.__new__, Row)


@dataclass
class Reader:
    """Reads airings from `since` on; a day or an instant that comes again is turned once."""

    since: datetime
    _days: Turned[Any, date | None] = field(default_factory=lambda: Turned(day_of), repr=False)
    _instants: Turned[Any, int] = field(default_factory=lambda: Turned(ms_of), repr=False)

    def read(self, session: Session, names: Sequence[str]) -> Iterator[Row]:
        """Give the airings of some stations, station by station, as time passes."""
        session.flush()
        connection = session.connection()
        query = _query(names, self.since, sqlite=connection.dialect.name == "sqlite")
        days, instants = self._days, self._instants
        for row in connection.execute(query).all():
            due, starts, latest, recalled_at = row[_AS_READ:]
            turned = (days[due], instants[starts], instants[latest], recalled_at is not None)
            yield _MADE(row[:_AS_READ] + turned)


def _query(names: Sequence[str], since: datetime, *, sqlite: bool) -> Select[Any]:
    """Choose the columns in the order of `Row`, sorted as the index has them: ties are put right later."""
    table = Airing.__table__.c
    stored: ColumnElement[Any] = literal_column("airing.rowid") if sqlite else null()
    told = _as_stored if sqlite else _as_text
    return (
        select(
            table.id,
            table.kind,
            table.level,
            table.station,
            table.order_id,
            table.revision_id,
            table.window_id,
            table.n,
            table.duration_ms,
            table.programme,
            table.state,
            table.rank,
            table.reason,
            told(table.updated_at),
            table.approval_id,
            table.gain_mdb,
            stored,
            told(table.due),
            told(table.starts_at),
            told(table.not_after),
            type_coerce(table.recalled_at, RAW),
        )
        .where(table.station.in_(names), table.starts_at >= since)
        .order_by(table.station, table.starts_at)
    )


def _as_stored(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, RAW)


def _as_text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Ask PostgreSQL for what it sends anyway, so that the driver does not turn each day and instant anew."""
    return cast(column, Text)
