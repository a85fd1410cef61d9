"""Emergencies as the web hands them on: the area a form names, who may call it, signing, the banner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from flask import request
from flask_babel import gettext
from sqlalchemy import select

from content import phrases
from content.errors import InvalidInputError
from content.models.bulletin import Bulletin
from content.models.people import Role
from content.models.phrase import Phrase
from content.models.unit import Unit
from content.rights import CALLERS
from scheduler import calls, emergencies, hurry, rounds
from scheduler.board.calling import Progress, progress_of
from scheduler.calls import Area, Call
from scheduler.models.emergency import Emergency
from scheduler.models.station import Station
from scheduler.rules import Rules
from web import context, forms
from web.banner_words import banner_words
from web.processes.releasing import terms_of

AT_ONCE = 500
"""Stations released within the request; those beyond are the scheduler's, a second later."""
PART = 100
"""Stations signed in one transaction; the bell rings them as soon as it is committed."""
REPEATS = (5, 10, 15, 30, 60)
_HOUR = timedelta(hours=1)


def callable_units() -> list[Unit]:
    """Return the units at which the person may call, parents first, each once."""
    rights, day = context.rights(), context.today()
    return list({unit.id: unit for role in CALLERS for unit in rights.units_for(role, day)}.values())


def offered_phrases() -> list[Phrase]:
    """Return the phrases of the person's units, of all above them and all below."""
    rights, tree = context.rights(), context.rights().tree
    mine = rights.unit_ids(*CALLERS, Role.OFFICE, Role.ADMIN)
    above = {at for unit_id in mine for at in tree.path(unit_id)}
    return phrases.listing(context.session(), mine | above)


def stations_of(units: Sequence[Unit]) -> list[Station]:
    """Return the stations in use of some units, by title."""
    ids = [unit.id for unit in units]
    query = select(Station).where(Station.unit_id.in_(ids), Station.retired_at.is_(None))
    return list(context.session().scalars(query.order_by(Station.title, Station.name)))


def tags_of(units: Sequence[Unit]) -> dict[str, int]:
    """Return tag → number of units, of the tags all of whose units the person may call."""
    tree, today, mine = context.rights().tree, context.today(), {unit.id for unit in units}
    known = sorted({tag for unit in tree.units.values() for tag in unit.tags})
    found = {tag: [unit.id for unit in tree.tagged([tag], today)] for tag in known}
    return {tag: len(ids) for tag, ids in found.items() if ids and mine.issuperset(ids)}


def call_of(bulletin: Bulletin) -> Call:
    """Return what the form asks for, or raise InvalidInputError naming the field."""
    form = request.form
    area = Area(
        units=forms.numbers(form, "units", what=gettext("Đơn vị")),
        tags=form.getlist("tags"),
        stations=form.getlist("stations"),
    )
    repeat = forms.text(form, "repeat")
    return Call(
        token=_token(forms.text(form, "token")),
        bulletin_id=bulletin.id,
        area=area,
        reason=forms.text(form, "reason"),
        repeat_minutes=_repeat(repeat),
        until=forms.instant(form, "until", context.house().settings.zone, what=gettext("Giờ thôi nhắc lại"))
        if repeat
        else None,
    )


def require_area(stations: Sequence[Station], *, new_words: bool) -> None:
    """Raise ForbiddenError unless the person may call at the stations, or ask for it with new words."""
    units, rights = sorted({station.unit_id for station in stations}), context.rights()
    if new_words and all(rights.may(Role.OFFICE, unit_id) or rights.may_call(unit_id) for unit_id in units):
        return
    rights.require_call(units)


def require_emergency(emergency: Emergency) -> None:
    """Raise ForbiddenError unless the person may call where the emergency was called."""
    require_area(calls.still_there(context.session(), emergency.stations), new_words=False)


def sees(emergency: Emergency, units: dict[str, int]) -> bool:
    """Tell whether the person has to do with one of the emergency's wards; `units`: station → unit."""
    seen = context.rights().unit_ids(*Role)
    return any(units.get(name) in seen for name in emergency.stations)


def units_of_stations() -> dict[str, int]:
    """Return station → unit."""
    rows = context.session().execute(select(Station.name, Station.unit_id))
    return {name: unit_id for name, unit_id in rows}  # noqa: C416 (typed)


def release(names: Sequence[str]) -> None:
    """Sign for the stations at once, part by part: the first sound while the last are being signed.

    What the request did is kept with the first part.  Should a later one fail, the scheduler signs what is
    left, and so does the same form sent again.
    """
    house, session, now = context.house(), context.session(), context.now()
    at_once = names[:AT_ONCE]
    for first in range(0, len(at_once), PART):
        some = at_once[first : first + PART]
        hurry.release_emergencies(session, some, now, terms_of(house), key=house.key)
        context.keep()


def rules() -> Rules:
    """Return the rules of the house."""
    return Rules.of(context.house().settings)


def proposal(now: datetime) -> dict[str, str]:
    """Return what an empty form holds: once; the end an hour from now, should it be repeated."""
    local = context.house().local(now + _HOUR).replace(second=0, microsecond=0)
    return {"repeat": "", "until": f"{local:%Y-%m-%dT%H:%M}", "reason": ""}


def number_of_rounds(call: Call, until: datetime) -> int:
    """Return how often it will sound."""
    return len(rounds.starts(context.now(), call.repeat_minutes, until))


@dataclass(frozen=True)
class Notice:
    """An emergency of the banner, and what is asked of the person: `confirm`, `sign` or nothing."""

    emergency: Emergency
    wanted: str | None
    progress: Progress

    @property
    def words(self) -> str:
        """What is true of it now."""
        return banner_words(self.emergency, self.progress)

    @property
    def is_urgent(self) -> bool:
        """Whether it may be sounding for real, or cannot go on without somebody."""
        return not self.emergency.exercise and (self.progress.may_sound or self.wanted is not None)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is to be waited for."""
        return self.emergency.started_at is not None and (self.progress.over or not self.emergency.is_open)


def notices() -> list[Notice]:
    """Return what the banner of every page tells this person, the gravest first."""
    if context.user() is None:
        return []
    found = emergencies.calling(context.session())
    units = units_of_stations() if found else {}
    seen = [one for one in found if sees(one, units)]
    known = progress_of(context.session(), seen, context.now())
    told = [Notice(one, _wanted(one, units), known.get(one.id, Progress())) for one in seen]
    shown = [one for one in told if one.wanted is not None or not one.is_over]
    return sorted(shown, key=lambda one: (not one.is_urgent, one.emergency.exercise, one.wanted is None))


def _wanted(emergency: Emergency, units: dict[str, int]) -> str | None:
    """Return what this person, as the second one, is asked for."""
    me, rights = context.person().id, context.rights()
    if me in {emergency.requested_by, emergency.started_by}:
        return None
    if not all(rights.may_call(units[name]) for name in emergency.stations if name in units):
        return None
    if emergency.started_at is None:
        return "confirm" if emergency.is_open else None
    return "sign" if emergency.wants_countersign else None


def _token(given: str) -> str:
    return given if given.isalnum() and 16 <= len(given) <= 64 else uuid4().hex  # noqa: PLR2004


def _repeat(given: str) -> int | None:
    if not given:
        return None
    if not given.isascii() or not given.isdecimal() or len(given) > 4:  # noqa: PLR2004
        raise InvalidInputError("Hãy chọn nhắc lại mỗi bao nhiêu phút.", field="repeat")
    return int(given)
