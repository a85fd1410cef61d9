"""A house on disk with a ward and a station, a mail server and a webhook, and addresses that lead there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.clock import SteppedClock
from tests.web.notices.receivers import Mailbox, Receiver, mail_server, webhook
from tests.web.wards import MORNING, Ward, make_house, make_unit, make_ward
from web.house import House
from web.notices import contacts, filing
from web.notices.happenings import Happening
from web.notices.hook import Hooks
from web.notices.letters import Post
from web.notices.mail import Mail
from web.notices.models import NoticeContact, NoticeDelivery
from web.notices.posting import Posting


class Office:
    """A house whose ward has two addresses; what is told goes out for real."""

    def __init__(self, house: House, ward: Ward, mailbox: Mailbox, receiver: Receiver) -> None:
        self.house = house
        self.ward = ward
        self.clock = house.clock
        self.mailbox = mailbox
        self.receiver = receiver
        self._count = 0
        self.posts: dict[str, Post] = {
            "email": Mail(mailbox.settings, house.clock),
            "webhook": Hooks(house.clock, private=True),
        }
        self.posting = Posting(house.database, house.clock, self.posts)

    def fenced(self, step: Callable[[Session, datetime], object], now: datetime) -> bool:
        """Do a step as the scheduler at work does."""
        with self.house.database.writing() as session:
            step(session, now)
        return True

    def add(self, way: str, address: str, *, unit_id: int | None = None, below: bool = False) -> int:
        """Keep an address of the ward, or of another unit."""
        with self.house.database.writing() as session:
            unit = self.ward.unit_id if unit_id is None else unit_id
            now = self.clock.now()
            return contacts.add(session, unit, way, address, below=below, by="an", now=now).id

    def tell(self, what: str = "lượt 06:00 không phát") -> None:
        """File one thing to tell the ward."""
        self._count += 1
        told = Happening(
            "airing", f"airing|{self._count}", self.ward.unit_id, self.ward.name, f"Đài: {what}", "Vì sao."
        )
        with self.house.database.writing() as session:
            filing.file(session, [told], self.clock.now())

    def post(self) -> None:
        """Send what is due."""
        self.posting.give_up_unknown(self.clock.now())
        self.posting.send_due(self.clock.now())

    def states(self) -> list[str]:
        """Return the states of all deliveries, oldest first."""
        with self.house.database.reading() as session:
            return list(session.scalars(select(NoticeDelivery.state).order_by(NoticeDelivery.id)))

    def secret(self, contact: int) -> str:
        """Return what a webhook's calls are signed with."""
        with self.house.database.reading() as session:
            return session.get_one(NoticeContact, contact).secret or ""


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(MORNING)


@pytest.fixture
def house(tmp_path: Path, clock: SteppedClock) -> Iterator[House]:
    found = make_house(tmp_path, clock=clock, on_disk=True)
    yield found
    found.close()


@pytest.fixture
def ward(house: House) -> Ward:
    with house.database.writing() as session:
        city = make_unit(session, "ha-noi", "Hà Nội").id
        unit = make_unit(session, "ha-dinh", "Phường Hạ Đình", parent_id=city).id
    return make_ward(house, "Đài Hạ Đình", unit_id=unit)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhook() as running:
        yield running


@pytest.fixture
def office(house: House, ward: Ward, mailbox: Mailbox, receiver: Receiver) -> Office:
    return Office(house, ward, mailbox, receiver)
