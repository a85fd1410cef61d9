"""The scheduler's part of notices: finding and filing in the term of the one at work, then sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from content.contracts.enrolment import OFFLINE_SECONDS
from web.house import House
from web.notices import filing, watching
from web.notices.happenings import Happening
from web.notices.hook import Hooks
from web.notices.letters import Post
from web.notices.mail import Mail
from web.notices.posting import Posting
from web.notices.watching import Cursor

SETTLED_SECONDS = OFFLINE_SECONDS + 30.0
"""After a start stations come back within a minute; until they could, nobody is called offline."""
Step = Callable[[Session, datetime], object]


class Noticing:
    """The work of one process; `fenced(step, now)` does a step in a transaction of the one at work."""

    def __init__(
        self, house: House, fenced: Callable[[Step, datetime], bool], posts: dict[str, Post] | None = None
    ) -> None:
        self._house = house
        self._fenced = fenced
        self._first_look: float | None = None
        self._posting = Posting(house.database, house.clock, posts or posts_of(house))

    def find(self, now: datetime) -> bool:
        """Look with nothing locked; keep what is new.  False when another one is at work."""
        with self._house.database.reading() as session:
            known = filing.cursor_of(session)
            found, reached = self._look(session, known, now)
        if not found and reached == known:
            return True
        return self._fenced(partial(_keep, found, reached), now)

    def _look(self, session: Session, known: Cursor | None, now: datetime) -> tuple[list[Happening], Cursor]:
        if known is None:
            return [], watching.start(session)
        zone, settled = self._house.settings.zone, self._settled()
        found, reached = watching.look(session, known, now, zone=zone, settled=settled)
        return filing.fresh(session, found), reached

    def send(self, now: datetime) -> None:
        """Send what waits; say of what a dead process was at that nobody knows."""
        self._posting.give_up_unknown(now)
        self._posting.send_due(now)

    def _settled(self) -> bool:
        now = self._house.clock.monotonic()
        self._first_look = now if self._first_look is None else self._first_look
        return now - self._first_look > SETTLED_SECONDS


def posts_of(house: House) -> dict[str, Post]:
    """Return what sends each way."""
    settings, clock = house.settings, house.clock
    return {"email": Mail(settings, clock), "webhook": Hooks(clock, private=settings.webhook_private)}


def _keep(found: list[Happening], cursor: Cursor, session: Session, now: datetime) -> None:
    filing.file(session, found, now)
    filing.keep_cursor(session, cursor, now)
