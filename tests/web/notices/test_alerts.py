"""Emergencies are told: to every called ward and those above, each address once, and as one on the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from content.clock import SteppedClock
from content.models.unit import Unit
from content.units import Tree
from scheduler.alarms import raise_alarm
from scheduler.models.emergency import Emergency
from scheduler.models.station import Station
from tests.scheduler.factories import make_bulletin, make_order, make_user
from tests.web.notices.conftest import Office
from tests.web.notices.test_watching import Watch
from tests.web.wards import MORNING, make_unit, make_ward
from web.house import House
from web.notices import filing
from web.notices.alerts import spread
from web.notices.models import Notice, NoticeDelivery

MINUTE = timedelta(minutes=1)
STATIONS = ["dai-ha-dinh", "dai-dinh-cong"]


@pytest.fixture
def watch(office: Office) -> Watch:
    """Two wards and the city have an address each; the city's is told of all below."""
    with office.house.database.writing() as session:
        city = session.scalars(select(Unit).where(Unit.slug == "ha-noi")).one().id
        other = make_unit(session, "dinh-cong", "Phường Định Công", parent_id=city).id
    make_ward(office.house, "Đài Định Công", unit_id=other)
    office.add("email", "ha-dinh@phuong.vn")
    office.add("email", "dinh-cong@phuong.vn", unit_id=other)
    office.add("email", "so@ha-noi.vn", unit_id=city, below=True)
    return Watch(office.house)


def call(house: House, stations: list[str], **more: Any) -> None:
    """Store an emergency that was called with a phrase, or as `more` has it."""
    with house.database.writing() as session:
        units = sorted(set(session.scalars(select(Station.unit_id).where(Station.name.in_(stations)))))
        bulletin = make_bulletin(session, session.get_one(Unit, units[0]), level="emergency")
        by = make_user(session)
        by.name = "Bà Lan"
        started = more.pop("started_at", MORNING)
        order = make_order(session, bulletin, units) if started else None
        session.add(
            Emergency(
                **{
                    "token": "t",
                    "bulletin_id": bulletin.id,
                    "phrase_id": None,
                    "title": "Bão vào",
                    "exercise": False,
                    "reason": "Bão số 3",
                    "units": units,
                    "tags": [],
                    "stations": stations,
                    "until": MORNING,
                    "requested_by": by.id,
                    "requested_at": MORNING,
                    "started_by": by.id if started else None,
                    "started_at": started,
                    "order_id": order.id if order else None,
                    "countersign_by": MORNING + 15 * MINUTE,
                    **more,
                }
            )
        )


def told(house: House) -> list[str]:
    """Return the addresses that something goes to, sorted."""
    with house.database.reading() as session:
        return sorted(session.scalars(select(NoticeDelivery.address)))


def unseen(house: House, *slugs: str) -> list[str]:
    """Return what waits to be seen by who works for the units, as `unit: subject`."""
    with house.database.reading() as session:
        units = set(session.scalars(select(Unit.id).where(Unit.slug.in_(slugs))))
        return [f"{one.unit.slug}: {one.subject}" for one in filing.unseen(session, units, MORNING)]


@pytest.mark.parametrize(
    ("stations", "addresses"),
    [
        (STATIONS, ["dinh-cong@phuong.vn", "ha-dinh@phuong.vn", "so@ha-noi.vn"]),
        (STATIONS[:1], ["ha-dinh@phuong.vn", "so@ha-noi.vn"]),
    ],
)
def test_a_call_reaches_each_address_once(watch: Watch, stations: list[str], addresses: list[str]) -> None:
    call(watch.house, stations)
    assert set(watch.look()) == {"emergency_called"}
    watch.look()
    assert told(watch.house) == addresses


def test_it_says_who_called_where_why_and_what_is_waited_for(watch: Watch) -> None:
    call(watch.house, STATIONS)
    assert set(watch.texts()) == {
        "Bà Lan phát “Bão vào” lúc 06:00 ngày 23/11 ở 2 trạm: Phường Hạ Đình, Phường Định Công. "
        "Lý do: Bão số 3. Cần người thứ hai xác nhận trước 06:15 ngày 23/11."
    }


def test_on_the_page_one_notice_stands_for_all(watch: Watch) -> None:
    call(watch.house, STATIONS, exercise=True)
    watch.look()
    subject = "Diễn tập khẩn cấp số 1: Bão vào"
    assert unseen(watch.house, "ha-noi", "ha-dinh", "dinh-cong") == [f"ha-noi: {subject}"]
    assert unseen(watch.house, "dinh-cong") == [f"dinh-cong: {subject}"]


def test_seen_above_it_is_seen_below(watch: Watch) -> None:
    call(watch.house, STATIONS)
    watch.look()
    with watch.house.database.writing() as session:
        units = set(session.scalars(select(Unit.id)))
        first = filing.unseen(session, units, MORNING)[0]
        filing.mark_seen(session, [first.id], units, by="an", now=MORNING)
    with watch.house.database.reading() as session:
        assert set(session.scalars(select(Notice.seen_by))) == {"an"}


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({"started_at": None}, ["emergency_asked"]),
        ({"started_at": None, "ended_at": MORNING}, []),
        ({"reported_at": MORNING + 15 * MINUTE}, ["emergency_called", "emergency_unsigned"]),
        ({"requested_at": MORNING - timedelta(days=2)}, []),
    ],
)
def test_what_an_emergency_came_to_is_told(watch: Watch, facts: dict[str, Any], kinds: list[str]) -> None:
    call(watch.house, STATIONS[:1], **facts)
    assert sorted(set(watch.look())) == kinds


def test_what_nobody_stood_by_is_told_to_the_top_and_once(watch: Watch, clock: SteppedClock) -> None:
    call(watch.house, STATIONS[:1], reported_at=MORNING)
    with watch.house.database.writing() as session:
        raise_alarm(session, "emergency_unsigned", detail="Lần khẩn cấp số 1: Bão vào", now=clock.now())
    watch.look()
    assert unseen(watch.house, "ha-noi") == ["ha-noi: Khẩn cấp số 1 chưa có người thứ hai xác nhận: Bão vào"]
    assert told(watch.house).count("so@ha-noi.vn") == 2


def test_addresses_between_the_wards_and_the_unit_above_all_are_told() -> None:
    parents = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3}
    units = {at: Unit(id=at, parent_id=above) for at, above in parents.items()}
    tree = Tree(units, {})
    assert spread([4, 5], tree, to_the_top=False) == {2: (1, 2), 4: (4,), 5: (5,)}
    assert spread([4, 6], tree, to_the_top=False) == {1: (1, 2, 3), 4: (4,), 6: (6,)}
    assert spread([4], tree, to_the_top=True) == {1: (1, 2), 4: (4,)}
