"""Everything a why looks at, read in a handful of queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit
from content.contracts import lpjson
from content.errors import InvalidInputError
from content.models.bulletin import Approval, Bulletin, RevisionState
from content.models.people import User
from content.models.unit import Unit
from content.units import Tree
from scheduler import homes, stations
from scheduler.limiting import Law, load_law
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.order import Order
from scheduler.models.pick import Pick
from scheduler.models.plan import StationPlan, Unplaced
from scheduler.models.relay import RelaySource
from scheduler.models.station import Station
from scheduler.models.week_plan import WeekPlan
from scheduler.models.window import Window
from scheduler.recurrence import Broadcast, broadcasts
from scheduler.rules import Rules
from scheduler.windows import windows_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """A station and a local day, with the order and the matter asked about as far as there are any."""

    session: Session
    station: Station
    day: date
    now: datetime
    rules: Rules
    law: Law
    windows: tuple[Window, ...]
    order: Order | None = None
    bulletin: Bulletin | None = None
    source: RelaySource | None = None

    @property
    def tree(self) -> Tree:
        """The unit tree."""
        return self.law.book.tree

    @property
    def home(self) -> Unit | None:
        """The unit to which the station belonged on the day, mergers followed; None: it had none."""
        return homes.unit_on(self.session, self.tree, self.station, self.day)

    @property
    def home_path(self) -> list[int]:
        """That unit and those above it; of the station's own when it had none."""
        home = self.home
        return self.tree.path(home.id if home else self.station.unit_id)

    @property
    def today(self) -> date:
        """The local date at `now`."""
        return self.rules.day_of(self.now)

    @property
    def approval(self) -> Approval | None:
        """The ticket of the bulletin's latest wording, whatever its days."""
        latest = self.bulletin.latest if self.bulletin else None
        return latest.approval if latest and latest.state == RevisionState.APPROVED else None

    @property
    def length(self) -> timedelta | None:
        """How long it sounds, as far as that is known."""
        known = self.order.duration_ms if self.order and self.source else None
        known = self.approval.duration_ms if self.approval else known
        return None if known is None else timedelta(milliseconds=known)

    def local(self, instant: datetime) -> datetime:
        """Return an instant on the local wall."""
        return instant.astimezone(self.rules.zone)

    def broadcasts(self, start: date, days: int = 1) -> list[Broadcast]:
        """Return the station's broadcasts of some local days, in order."""
        held = (
            broadcasts(
                window,
                start=start,
                end=start + days * DAY,
                zone=self.rules.zone,
                calendars=self.law.calendars,
                rehearsal=self.rules.rehearsal,
            )
            for window in self.windows
        )
        return sorted(one for each in held for one in each)

    def about(self, order: Order) -> Case:
        """Return the same case with an order and its matter."""
        bulletin = self.session.get(Bulletin, order.bulletin_id) if order.bulletin_id else None
        source = self.session.get(RelaySource, order.source_id) if order.source_id else None
        return replace(self, order=order, bulletin=bulletin, source=source)

    def rows(self) -> list[Airing]:
        """Return the airings that the order's hearings of the day became, by number."""
        if self.order is None:
            return []
        query = select(Airing).where(
            Airing.order_id == self.order.id, Airing.station == self.station.name, Airing.due == self.day
        )
        return list(self.session.scalars(query.order_by(Airing.n)))

    def unplaced(self) -> list[Unplaced]:
        """Return the order's hearings of the day for which the planner found no room."""
        if self.order is None:
            return []
        query = select(Unplaced).where(
            Unplaced.order_id == self.order.id,
            Unplaced.station == self.station.name,
            Unplaced.due == self.day,
        )
        return list(self.session.scalars(query.order_by(Unplaced.n)))

    def standing(self) -> StationPlan | None:
        """Return how the station stands with the planner."""
        return self.session.get(StationPlan, self.station.name)

    def is_picked(self) -> bool:
        """Tell whether the ward chose the bulletin for the day."""
        query = select(Pick.id).where(Pick.station == self.station.name, Pick.day == self.day)
        mine = query.where(Pick.bulletin_id == (self.bulletin.id if self.bulletin else None))
        return self.session.scalar(mine.limit(1)) is not None

    def week_plan(self, day: date) -> tuple[int, WeekPlan | None] | None:
        """Return the unit whose weeks an approver releases and its plan of that week; None: there is none."""
        for unit_id in self.home_path:
            if self.tree.units[unit_id].week_approval:
                monday = day - timedelta(days=day.weekday())
                query = select(WeekPlan).where(WeekPlan.unit_id == unit_id, WeekPlan.monday == monday)
                return unit_id, self.session.scalars(query).first()
        return None

    def changes(self, airing: Airing) -> list[AiringChange]:
        """Return an airing's steps, oldest first."""
        query = select(AiringChange).where(AiringChange.airing == airing.id).order_by(AiringChange.id)
        return list(self.session.scalars(query))

    def name_of(self, user_id: int | None) -> str:
        """Return a person's name."""
        user = self.session.get(User, user_id) if user_id else None
        return user.name if user else "?"

    def audited(self, subject: str, action: str) -> tuple[str, datetime, dict[str, Any]] | None:
        """Return who did `action` to `subject` last, when, and the details kept; None: nobody."""
        rows = [row for row in audit.of_subject(self.session, subject) if row.action == action]
        if not rows:
            return None
        return rows[-1].actor, rows[-1].at, lpjson.decode(rows[-1].line.encode())["detail"]


def open_case(
    session: Session, station: str, day: date, *, now: datetime, rules: Rules, tree: Tree | None
) -> Case:
    """Read what every chain needs of a station; NotFoundError for a station there never was."""
    found = stations.get(session, station)
    if not date(2000, 1, 1) <= day < date(2200, 1, 1):
        raise InvalidInputError("Ngày {day} nằm ngoài lịch của hệ thống.", field="day", day=day.isoformat())
    law = load_law(session, rules, tree)
    return Case(session, found, day, now, rules, law, tuple(windows_of(session, [station]).get(station, ())))
