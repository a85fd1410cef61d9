"""The ward's own choice: which ordinary bulletins it wants on a day, in which order; who fills the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from content.errors import InvalidInputError
from content.models.bulletin import Bulletin
from content.models.people import Role
from scheduler import picks
from scheduler.board.day import ward_day
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from scheduler.rules import Rules
from web import context, forms
from web.ward.blueprint import ward
from web.ward.door import Door, enter

DAYS = 7
Steps = dict[str, Callable[[list[int], int], list[int]]]


@ward.get("/<slug>/chon-bai")
def choose_bulletins(slug: str) -> ResponseReturnValue:
    """Show what was picked for a day, what may be picked, and how much time is left."""
    door = enter(slug)
    return _page(door, door.require(), _day())


@ward.post("/<slug>/chon-bai")
def change_picks(slug: str) -> ResponseReturnValue:
    """Add a bulletin to the day's picks, take one out, or move one up or down."""
    door = enter(slug)
    station, day = door.require(), _day()
    step, _, number = forms.text(request.form, "step").partition(":")
    if step not in _STEPS or not number.isdecimal() or len(number) > 10:  # noqa: PLR2004
        raise InvalidInputError("Hãy chọn lại bản tin.", field="step")
    before = [pick.bulletin_id for pick in picks.picks_of(context.session(), station, day)]
    picks.set_picks(
        context.session(),
        station,
        day,
        _STEPS[step](before, int(number)),
        by=context.person(),
        rules=_rules(),
        now=context.now(),
    )
    return _back(door, day)


@ward.post("/<slug>/cach-xep")
def set_fill(slug: str) -> ResponseReturnValue:
    """Say who fills the time that the ward has not chosen for."""
    door = enter(slug)
    fill = forms.text(request.form, "fill")
    picks.set_fill(context.session(), door.require(), fill, by=context.person(), now=context.now())
    flash(gettext("Đã đổi cách xếp lịch; lịch được xếp lại ngay."), "success")
    return _back(door, _day())


def added(before: list[int], number: int) -> list[int]:
    """Return the picks with one more at the end (pure)."""
    return before if number in before else [*before, number]


def dropped(before: list[int], number: int) -> list[int]:
    """Return the picks without one (pure)."""
    return [one for one in before if one != number]


def raised(before: list[int], number: int) -> list[int]:
    """Return the picks with one of them a place earlier (pure)."""
    at = before.index(number) if number in before else 0
    return before if at == 0 else [*before[: at - 1], number, before[at - 1], *before[at + 1 :]]


def lowered(before: list[int], number: int) -> list[int]:
    """Return the picks with one of them a place later (pure)."""
    return raised(before[::-1], number)[::-1]


_STEPS: Steps = {"them": added, "bo": dropped, "len": raised, "xuong": lowered}


def _rules() -> Rules:
    return Rules.of(context.house().settings)


def _day() -> date:
    """Return the day asked for, today when none is or when it is none."""
    try:
        return forms.local_day(request.args.get("ngay", ""))
    except ValueError:
        return context.today()


def _back(door: Door, day: date) -> ResponseReturnValue:
    place = url_for("ward.choose_bulletins", slug=door.unit.slug, tram=door.tram, ngay=day.isoformat())
    return redirect(place, 303)


def _page(door: Door, station: Station, day: date) -> str:
    session, now, rules = context.session(), context.now(), _rules()
    chosen = [pick.bulletin_id for pick in picks.picks_of(session, station, day)]
    offered = picks.choices(session, station, day, rules=rules, now=now)
    known = _bulletins([*chosen, *offered])
    shown = ward_day(session, station, day, now=now, rules=rules, tree=context.rights().tree)
    rows = [row for sheet in shown.sheets for row in sheet.entries if isinstance(row, Airing)]
    return render_template(
        "ward/picks.html",
        door=door,
        unit=door.unit,
        station=station,
        day=day,
        days=[context.today() + timedelta(days=n) for n in range(DAYS)],
        chosen=[known[number] for number in chosen if number in known],
        offered=[known[number] for number in offered if number not in chosen],
        stale=set(chosen) - set(offered),
        broadcasts=shown.cell.broadcasts,
        placed={row.bulletin_id: row.starts_at for row in rows if row.state != "cancelled"},
        lock_minutes=round(rules.lock_in.total_seconds() / 60),
        may=context.rights().may(Role.OPERATOR, station.unit_id) and day >= context.today(),
    )


def _bulletins(numbers: list[int]) -> dict[int, Bulletin]:
    found = context.session().scalars(select(Bulletin).where(Bulletin.id.in_(numbers)))
    return {bulletin.id: bulletin for bulletin in found}
