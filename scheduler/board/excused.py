"""The report of exceptions: who asked, who approved, which rule, why, and what made use of it.

An exception is made use of by the window or the order that it was taken up by: what counts are the
broadcasts, and the airings in them, on the days that are common to the exception and the period.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.models.people import User
from scheduler.board.airings import HEARD
from scheduler.calendars import Calendars, load_calendars
from scheduler.exceptions import reported
from scheduler.models.airing import Airing
from scheduler.models.rule import Rule, RuleException
from scheduler.models.window import Window
from scheduler.quiet import instant_at
from scheduler.recurrence import DAY, broadcasts
from scheduler.rules import Rules


@dataclass(frozen=True)
class Use:
    """A broadcast that the exception allowed: where, when, how many airings, how many of them sounded."""

    station: str
    starts_at: datetime
    airings: tuple[Airing, ...]

    @property
    def heard(self) -> int:
        """How many of its airings sounded, whole or in part."""
        return sum(row.state in HEARD for row in self.airings)


@dataclass(frozen=True)
class Entry:
    """An exception with its rule, the names of who asked and who approved, its window, and its uses."""

    exception: RuleException
    rule: Rule
    asked_by: str
    approved_by: str
    window: Window | None
    uses: tuple[Use, ...]

    @property
    def airings(self) -> int:
        """How many airings made use of it."""
        return sum(len(use.airings) for use in self.uses)

    @property
    def heard(self) -> int:
        """How many of them sounded."""
        return sum(use.heard for use in self.uses)


def report(
    session: Session, units: Collection[int], first_day: date, last_day: date, *, rules: Rules
) -> list[Entry]:
    """Return the approved exceptions of some units that touch the days `first_day … last_day`."""
    calendars = load_calendars(session)
    rows = [row for row in reported(session, first_day, last_day) if row.unit_id in units]
    return [
        _entry(session, row, _span(row, first_day, last_day), rules, calendars)
        for row in sorted(rows, key=lambda row: (row.first_day, row.id))
    ]


def _span(row: RuleException, first_day: date, last_day: date) -> tuple[date, date]:
    """Return the days that the exception and the period have in common, the end not counted."""
    return max(row.first_day, first_day), min(row.last_day, last_day) + DAY


def _entry(
    session: Session, row: RuleException, span: tuple[date, date], rules: Rules, calendars: Calendars
) -> Entry:
    window = session.get(Window, row.window_id) if row.window_id else None
    if window is not None:
        uses = _of_window(session, window, span, rules, calendars)
    else:
        uses = _of_order(session, row.order_id, span, rules) if row.order_id else []
    return Entry(
        row,
        session.get_one(Rule, row.rule_id),
        session.get_one(User, row.asked_by).name,
        session.get_one(User, row.approved_by or 0).name,
        window,
        tuple(uses),
    )


def _of_window(
    session: Session, window: Window, span: tuple[date, date], rules: Rules, calendars: Calendars
) -> list[Use]:
    held = broadcasts(window, start=span[0], end=span[1], zone=rules.zone, calendars=calendars)
    rows = _airings(session, (span[0], span[1] + DAY), rules, window_id=window.id)
    return [
        Use(
            window.station,
            one.starts_at,
            tuple(row for row in rows if one.starts_at <= row.starts_at < one.ends_at),
        )
        for one in held
    ]


def _of_order(session: Session, order_id: int, span: tuple[date, date], rules: Rules) -> list[Use]:
    """Return the airings of an order outside of every broadcast: each is a session that was allowed."""
    alone = [row for row in _airings(session, span, rules, order_id=order_id) if row.window_id is None]
    return [
        Use(station, starts_at, tuple(rows))
        for (station, starts_at), rows in groupby(alone, key=lambda row: (row.station, row.starts_at))
    ]


def _airings(session: Session, span: tuple[date, date], rules: Rules, **which: int) -> list[Airing]:
    """Return what was to sound and was not taken off, in order of time."""
    start, end = (instant_at(day, time(), rules.zone) for day in span)
    query = (
        select(Airing)
        .filter_by(**which)
        .where(Airing.starts_at >= start, Airing.starts_at < end, Airing.state != State.CANCELLED)
    )
    return list(session.scalars(query.order_by(Airing.starts_at, Airing.station, Airing.id)))
