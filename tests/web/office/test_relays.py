"""Relay sources: proposed, permitted by another, ended."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from scheduler.models.order import Order
from tests.web.hall import Browser, Hall, Page

PAGE = "/office/tiep-am"
NEW = f"{PAGE}/moi"


def propose(hall: Hall, browser: Browser, **changes: Any) -> Any:
    given = {"name": "Đài Hà Nội", "url": "https://dai.example/luong", "local_from": "06:00"}
    place = {"unit_id": str(hall.unit_id("thanh-xuan")), "first_day": "2026-11-23", "local_to": "07:00"}
    return browser.post(NEW, **{**given, **place, **changes})


def test_a_source_is_proposed_permitted_and_ended(hall: Hall, writer: Browser, leader: Browser) -> None:
    assert propose(hall, writer).location == PAGE
    assert "Chờ cho phép Đài Hà Nội" in writer.see(PAGE).words
    leader.send(PAGE, f"{PAGE}/1/cho-phep", until="2026-12-31T18:00")
    assert "Được phép Đài Hà Nội" in writer.see(PAGE).words
    leader.send(PAGE, f"{PAGE}/1/thoi")
    assert "Hết phép Đài Hà Nội" in writer.see(PAGE).words
    assert hall.audited()[-3:] == ["source.create", "source.permit", "source.end"]


def test_the_form_offers_ones_own_units(writer: Browser) -> None:
    assert writer.see(NEW).options("unit_id") == ["Quận Thanh Xuân", "Phường Hạ Đình"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"local_to": "05:00"}, "local_to"),
        ({"local_from": "25:00"}, "local_from"),
        ({"last_day": "2026-11-01"}, "last_day"),
        ({"unit_id": "99"}, "unit_id"),
    ],
)
def test_what_is_refused(hall: Hall, writer: Browser, changes: dict[str, str], field: str) -> None:
    answer = propose(hall, writer, **changes)
    assert answer.status_code == 422
    assert Page(answer, NEW).error_of(field)


def test_a_permission_lies_ahead(hall: Hall, writer: Browser, leader: Browser) -> None:
    propose(hall, writer)
    answer = leader.send(PAGE, f"{PAGE}/1/cho-phep", until="2026-11-01T18:00")
    assert answer.status_code == 422
    assert "Thời hạn phải sau lúc này." in Page(answer, PAGE).words


@pytest.mark.parametrize("login", ["an", "oanh", "bich", "quan"])
def test_who_may_not_permit(hall: Hall, writer: Browser, login: str) -> None:
    propose(hall, writer)
    assert hall.browser(login).post(f"{PAGE}/1/cho-phep").status_code == 403


@pytest.mark.parametrize("login", ["lan", "oanh", "em", "bich"])
def test_who_may_not_propose(hall: Hall, login: str) -> None:
    assert propose(hall, hall.browser(login)).status_code == 403


def test_an_order_names_what_stands_in_for_a_silent_source(
    hall: Hall, writer: Browser, leader: Browser
) -> None:
    stand_in = hall.bulletin("approved", unit="ha-dinh", title="Nhạc chờ")
    propose(hall, writer)
    leader.send(PAGE, f"{PAGE}/1/cho-phep", until="2026-12-31T18:00")
    path = f"{PAGE}/1/lenh-phat"
    assert "Nhạc chờ" in writer.see(path).options("stand_in")
    ward = str(hall.unit_id("ha-dinh"))
    days = {"first_day": "2026-11-23", "last_day": "2026-11-24"}
    answer = writer.send(path, units=ward, minutes="5", **days, stand_in=str(stand_in))
    with hall.house.database.reading() as session:
        named = session.scalars(select(Order.stand_in_id)).all()
    assert (answer.status_code, named) == (303, [stand_in])


def test_nothing_else_stands_in(hall: Hall, writer: Browser, leader: Browser) -> None:
    propose(hall, writer)
    leader.send(PAGE, f"{PAGE}/1/cho-phep", until="2026-12-31T18:00")
    path = f"{PAGE}/1/lenh-phat"
    answer = writer.send(path, units=str(hall.unit_id("ha-dinh")), minutes="5", stand_in="99")
    assert (answer.status_code, "trong danh sách" in Page(answer, path).error_of("stand_in")) == (422, True)
