"""Sending what waits.  No transaction is open while a mail server or a webhook takes its time.

Each try is committed as `handing` after the other side is reached and before the message leaves us, by an
UPDATE that only one can win.  So a try is made at most once, whoever crashes when, and whatever process
takes over: before that commit nothing was sent, and it is tried again; after it, it may have been, and it
is not sent again by itself.  A clear "no" for now is tried again with growing pauses for a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from content.clock import Clock
from content.db import Database
from web.notices.letters import (
    Channel,
    Letter,
    Line,
    Post,
    RefusedError,
    TryLaterError,
    UnreachableError,
    UnsureError,
)
from web.notices.models import Notice, NoticeDelivery

MOST_AT_ONCE = 500
LINES_IN_A_LETTER = 50
THREADS = 4
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(days=1)
FORGOTTEN_AFTER = timedelta(minutes=2)
"""A try lasts seconds: who is at it for longer has died."""
_UNKNOWN = "chương trình dừng trong lúc gửi; không rõ đã tới chưa"
_LOG = structlog.get_logger("notices")


@dataclass(frozen=True)
class _Due:
    """A letter and what its deliveries looked like: the first of them was filed at `at`."""

    letter: Letter
    way: str
    tries: int
    at: datetime


class Posting:
    """Sends by `posts` (way → post) what waits in `database`."""

    def __init__(self, database: Database, clock: Clock, posts: Mapping[str, Post]) -> None:
        self._database = database
        self._clock = clock
        self._posts = posts

    def send_due(self, now: datetime) -> int:
        """Send what is due, several places at once; return how many messages were taken."""
        places: dict[tuple[str, str], list[_Due]] = {}
        for due in self._due(now):
            place = self._posts[due.way].place(due.letter.address)
            places.setdefault((due.way, place), []).append(due)
        if not places:
            return 0
        with ThreadPoolExecutor(THREADS, "notices") as pool:
            return sum(pool.map(self._send_to, places, places.values()))

    def give_up_unknown(self, now: datetime) -> None:
        """Say of what a dead process was at that nobody knows whether it arrived."""
        lost = (NoticeDelivery.state == "handing", NoticeDelivery.handed_at < now - FORGOTTEN_AFTER)
        with self._database.reading() as session:
            if session.scalar(select(NoticeDelivery.id).where(*lost).limit(1)) is None:
                return
        with self._database.writing() as session:
            session.execute(update(NoticeDelivery).where(*lost).values(state="unsure", error=_UNKNOWN))

    def _due(self, now: datetime) -> list[_Due]:
        query = (
            select(NoticeDelivery)
            .where(NoticeDelivery.state == "waiting", NoticeDelivery.next_try_at <= now)
            .order_by(NoticeDelivery.id)
            .limit(MOST_AT_ONCE)
            .options(
                joinedload(NoticeDelivery.notice).joinedload(Notice.unit), joinedload(NoticeDelivery.contact)
            )
        )
        with self._database.reading() as session:
            return _letters(session.scalars(query))

    def _send_to(self, place: tuple[str, str], waiting: Sequence[_Due]) -> int:
        """Send to one place until it proves unreachable; what is left then waits, too."""
        way, name = place
        sent = 0
        try:
            with self._posts[way].open(name) as channel:
                while sent < len(waiting):
                    self._send(channel, waiting[sent])
                    sent += 1
        except UnreachableError as error:
            for due in waiting[sent:]:
                self._put_off(due, str(error))
        return sent

    def _send(self, channel: Channel, due: _Due) -> None:
        try:
            hand_over = channel.prepare(due.letter)
        except UnreachableError:
            raise
        except TryLaterError as error:
            self._put_off(due, str(error))
            return
        except RefusedError as error:
            self._end(due, "waiting", state="failed", error=str(error))
            return
        if not self._claim(due):
            return
        try:
            hand_over()
        except TryLaterError as error:
            self._put_off(due, str(error), state="handing")
        except RefusedError as error:
            self._end(due, "handing", state="failed", error=str(error))
        except UnsureError as error:
            self._end(due, "handing", state="unsure", error=str(error))
        else:
            self._end(due, "handing", state="sent", sent_at=self._clock.now(), error=None)
            _LOG.info("notice sent", way=due.way, lines=len(due.letter.lines))

    def _claim(self, due: _Due) -> bool:
        """Commit that the message is about to leave; False when another one has."""
        return self._change(due, "waiting", state="handing", handed_at=self._clock.now(), tries=due.tries + 1)

    def _put_off(self, due: _Due, why: str, *, state: str = "waiting") -> None:
        now, tries = self._clock.now(), due.tries + 1
        if now - due.at > GIVEN_UP_AFTER:
            self._end(due, state, state="failed", tries=tries, error=why)
            return
        self._change(due, state, state="waiting", tries=tries, next_try_at=now + pause(tries), error=why)

    def _end(self, due: _Due, was: str, **facts: Any) -> None:
        self._change(due, was, **facts)
        if facts["state"] != "sent":
            _LOG.warning("notice not sent", way=due.way, why=facts["error"], state=facts["state"])

    def _change(self, due: _Due, was: str, **facts: Any) -> bool:
        """Change the deliveries of a letter that stand in `was`; tell whether all did."""
        which = (NoticeDelivery.id.in_(due.letter.deliveries), NoticeDelivery.state == was)
        with self._database.writing() as session:
            statement = update(NoticeDelivery).where(*which).values(**facts).returning(NoticeDelivery.id)
            changed = session.scalars(statement).all()
            whole = len(changed) == len(due.letter.deliveries)
            if not whole:
                session.rollback()
            return whole


def pause(tries: int) -> timedelta:
    """Return how long to wait after so many tries: 30 s, 1, 2, 4 … 30 minutes (pure)."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries - 1, 10)))


def _letters(found: Iterable[NoticeDelivery]) -> list[_Due]:
    """Put what is due for one address, and was tried as often, into one letter."""
    held: dict[tuple[int, int], list[NoticeDelivery]] = {}
    for delivery in found:
        held.setdefault((delivery.contact_id, delivery.tries), []).append(delivery)
    parts = (
        rows[at : at + LINES_IN_A_LETTER]
        for rows in held.values()
        for at in range(0, len(rows), LINES_IN_A_LETTER)
    )
    return [_due(rows) for rows in parts]


def _due(rows: Sequence[NoticeDelivery]) -> _Due:
    first = rows[0]
    letter = Letter(
        deliveries=tuple(row.id for row in rows),
        address=first.address,
        secret=first.contact.secret,
        lines=tuple(_line(row.notice) for row in rows),
    )
    return _Due(letter, first.way, first.tries, first.notice.at)


def _line(notice: Notice) -> Line:
    return Line(
        notice.id, notice.at, notice.kind, notice.unit.name, notice.station, notice.subject, notice.text
    )
