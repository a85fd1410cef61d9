"""The opening of a rehearsal: something real sounds at one ward within two minutes of every start.

The sample bulletins that wait are approved as soon as the worker has made their clips, in the name of
the rehearsal itself and only while they stand as seeded; then the one that was not heard for the longest
time is ordered into a window that opens with the next minute.
"""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audio import rendering
from audio.models import Clip
from content import bulletins, people
from content.contracts.airings import Level
from content.models.bulletin import Approval, Revision, RevisionState
from content.units import by_slug, load_tree
from scheduler import orders, planning, stations, windows
from scheduler.models.airing import Airing
from scheduler.rules import Rules
from scheduler.wishes import Wish
from web import clips, voicing
from web.house import House
from web.idents import standing_idents
from web.rehearsal import BUDGET_MS, DISTRICT, PROMPTER, WARD, samples

STEP_SECONDS = 0.5
_LOG = structlog.get_logger("demo")
_MIDNIGHT = timedelta(days=1)
_SHORTEST_BROADCAST = timedelta(minutes=2)


class Opening:
    """Runs once beside the processes of a rehearsal."""

    def __init__(self, house: House) -> None:
        self._house = house

    def run(self, stop: threading.Event) -> None:
        """Approve and order as clips become ready; a failure is told and costs only the opening."""
        try:
            self._run(stop)
        except Exception:  # noqa: BLE001 (a thread's boundary: told, and the rehearsal goes on)
            _LOG.exception("the opening failed; order a bulletin by hand")

    def _run(self, stop: threading.Event) -> None:
        ordered = False
        while not stop.is_set():
            waiting = self._approve_what_is_ready()
            ordered = ordered or self._order_one()
            if ordered and not waiting:
                return
            self._house.clock.wait(stop, STEP_SECONDS)

    def _approve_what_is_ready(self) -> int:
        """Approve what has its clip; return how many still wait for theirs."""
        with self._house.database.writing() as session:
            now, left = self._house.clock.now(), 0
            for revision in _waiting(session):
                clip = self._clip(session, revision, now)
                if clip is None:
                    left += 1
                else:
                    _approve(session, revision, clip, now)
            return left

    def _clip(self, session: Session, revision: Revision, now: datetime) -> Clip | None:
        recipe = voicing.recipe_of(session, revision, self._house, load_tree(session))
        made = rendering.clip_of(session, recipe)
        if made is None:
            rendering.order(session, recipe, now)
        return made

    def _order_one(self) -> bool:
        """Order the approved bulletin that Hạ Đình has not heard for the longest time."""
        with self._house.database.writing() as session:
            now, ward = self._house.clock.now(), by_slug(session, WARD)
            approval = _longest_unheard(session, self._house, now)
            if approval is None:
                return False
            day = self._open_window(session, ward.id, now)
            wish = Wish(approval.revision.bulletin_id, [ward.id], day, day, level=str(Level.NORMAL))
            rules = Rules.of(self._house.settings)
            orders.place_order(session, wish, by=people.by_login(session, PROMPTER), rules=rules, now=now)
            planning.plan(session, now, rules, standing_idents)
            return True

    def _open_window(self, session: Session, unit_id: int, now: datetime) -> date:
        """Make a window of one day at the ward's station, from the next minute on; return its day."""
        start = _next_minute(self._house.local(now))
        midnight = start.replace(hour=0, minute=0) + _MIDNIGHT
        if midnight - start < _SHORTEST_BROADCAST:
            start = midnight
            midnight += _MIDNIGHT
        station = stations.stations_below(session, [unit_id], start.date())[0]
        windows.create_window(
            session,
            station,
            title="Buổi tập dượt",
            rrule="FREQ=DAILY",
            local_start=f"{start:%H:%M}",
            budget_ms=min(BUDGET_MS, int((midnight - start).total_seconds()) * 1000),
            first_day=start.date(),
            last_day=start.date(),
            enforce_limits=False,
            rules=Rules.of(self._house.settings),
            now=now,
        )
        return start.date()


def _next_minute(local: datetime) -> datetime:
    return local.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _waiting(session: Session) -> list[Revision]:
    """Return the samples that still stand word for word as they were seeded; nobody else's text."""
    known, district = samples(session), by_slug(session, DISTRICT)
    found = bulletins.listing(session, [district.id], state=RevisionState.SUBMITTED, limit=200)
    return [r for r in found if r.number == 1 and known.get(r.bulletin_id) == r.text_sha256]


def _approve(session: Session, revision: Revision, clip: Clip, now: datetime) -> None:
    bulletins.approve(
        session,
        revision,
        by=people.by_login(session, PROMPTER),
        clip=clips.facts_of(clip),
        heard_sha256=clip.sha256,
        heard_ms=clip.duration_ms,
        now=now,
    )


def _longest_unheard(session: Session, house: House, now: datetime) -> Approval | None:
    district = by_slug(session, DISTRICT)
    known = samples(session)
    standing = bulletins.approved_now(session, [district.id], house.today(now))
    found = [one for one in standing if known.get(one.revision.bulletin_id) == one.text_sha256]
    latest = select(Airing.bulletin_id, func.max(Airing.starts_at)).group_by(Airing.bulletin_id)
    heard = {bulletin_id: at for bulletin_id, at in session.execute(latest)}  # noqa: C416 (typed)
    never = datetime.min.replace(tzinfo=now.tzinfo)
    return min(found, key=lambda one: heard.get(one.revision.bulletin_id, never), default=None)
