"""`loaphuong why STATION|AIRING`: why something sounded, or did not, step by step."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import NamedTuple

import click
from sqlalchemy.orm import Session

from content.contracts.airings import NAME
from content.errors import InvalidInputError, NotFoundError
from content.units import load_tree
from scheduler import stations
from scheduler.rules import Rules
from scheduler.why import Step, Why, choices
from scheduler.why import why as ask
from web.cli.common import opened

NOTHING_KNOWN = 2
NUMBER = click.IntRange(1, 2**31 - 1)
"""What the number of a row may be."""
_MARKS = {True: "✓", False: "✗", None: "·"}


@click.command()
@click.argument("what")
@click.option("--order", "order_id", type=NUMBER, help="number of the order")
@click.option(
    "--bulletin", "bulletin_id", type=NUMBER, help="number of the bulletin, when the order is not known"
)
@click.option("--day", help="local day, 2026-11-23; default today")
def why(what: str, order_id: int | None, bulletin_id: int | None, day: str | None) -> None:
    """Print the chain behind an airing (its 32 signs), or behind what a STATION was to sound on a day.

    Without a number the orders of the day are listed.  Exit code 0, or 2 when nothing is known of it.
    """
    with opened() as house, house.database.reading() as session:
        now, rules = house.clock.now(), Rules.of(house.settings)
        on = _day(day) if day else house.today(now)
        try:
            if not NAME.fullmatch(what) and order_id is None and bulletin_id is None:
                _offer(session, what, on)
                return
            found = _ask(session, what, Question(order_id, bulletin_id, on), now=now, rules=rules)
        except NotFoundError as error:
            click.echo(f"loaphuong: {error}", err=True)
            sys.exit(NOTHING_KNOWN)
    _print(found)
    sys.exit(0 if found.is_known else NOTHING_KNOWN)


class Question(NamedTuple):
    """What is asked of a station: an order's or a bulletin's number, and the local day."""

    order_id: int | None
    bulletin_id: int | None
    day: date


def _ask(session: Session, what: str, question: Question, *, now: datetime, rules: Rules) -> Why:
    if NAME.fullmatch(what):
        return ask(session, airing_id=what, now=now, rules=rules)
    order_id, bulletin_id, day = question
    return ask(
        session, station=what, order_id=order_id, bulletin_id=bulletin_id, day=day, now=now, rules=rules
    )


def _offer(session: Session, station: str, day: date) -> None:
    """List what may be asked about: the orders of a day, those that reach the station first."""
    found = choices(session, stations.get(session, station), day, load_tree(session))
    click.echo(
        f"{day:%d/%m/%Y}: {len(found)} lệnh phát. Hỏi một lệnh bằng --order, một bản tin bằng --bulletin."
    )
    for one in found:
        where = "" if one.reaches else " (không gửi tới trạm này)"
        click.echo(f"--order {one.order}  {one.title}{where}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError("“{day}” không phải một ngày; viết như 2026-11-23.", day=text[:20]) from error


def _print(found: Why) -> None:
    click.echo(found.verdict.said)
    if found.verdict.advice:
        click.echo(f"→ {found.verdict.advice}")
    click.echo("")
    for step in found.steps:
        click.echo(_line(step))


def _line(step: Step) -> str:
    advice = f"\n    → {step.advice}" if step.ok is False and step.advice else ""
    return f"{_MARKS[step.ok]} {step.said}{advice}"
