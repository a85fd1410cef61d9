"""The page of notices: what waits to be seen, the addresses, the tests, and the log."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from content.models.unit import Unit
from tests.web.hall import NOW, Hall
from web.notices import filing
from web.notices.happenings import Happening
from web.notices.models import Notice, NoticeContact, NoticeDelivery

PAGE = "/office/thong-bao"


def unit_id(hall: Hall, slug: str) -> int:
    with hall.house.database.reading() as session:
        return session.scalars(select(Unit.id).where(Unit.slug == slug)).one()


def tell(hall: Hall, slug: str = "ha-dinh", subject: str = "Đài Hạ Đình: lượt 06:00 không phát") -> None:
    told = Happening("airing", f"airing|{subject}", unit_id(hall, slug), None, subject, "Vì sao.")
    with hall.house.database.writing() as session:
        filing.file(session, [told], NOW)


def add(hall: Hall, login: str = "an", **form: str) -> int:
    """Add an address by hand; return the status."""
    given = {"unit": str(unit_id(hall, "ha-dinh")), "way": "email", "address": "dai@phuong.vn", **form}
    return hall.browser(login).post(f"{PAGE}/dia-chi", **given).status_code


@pytest.mark.parametrize(("login", "seen"), [("an", True), ("oanh", True), ("quan", True), ("bich", False)])
def test_each_sees_what_happened_at_his_units(hall: Hall, login: str, seen: bool) -> None:
    tell(hall)
    page = hall.browser(login).see(PAGE).words
    assert ("lượt 06:00 không phát" in page) is seen


def test_the_bell_counts_until_somebody_has_seen_it(hall: Hall) -> None:
    tell(hall)
    browser = hall.browser("oanh")
    before = "1 việc cần xem" in browser.see("/office/").words
    browser.post(f"{PAGE}/da-xem", notice="all")
    with hall.house.database.reading() as session:
        (notice,) = session.scalars(select(Notice)).all()
    assert (before, notice.seen_by) == (True, "oanh")
    assert "việc cần xem" not in browser.see("/office/").words


def test_nobody_marks_what_is_another_districts(hall: Hall) -> None:
    tell(hall)
    hall.browser("bich").post(f"{PAGE}/da-xem", notice="1")
    with hall.house.database.reading() as session:
        assert session.scalars(select(Notice.seen_at)).all() == [None]


@pytest.mark.parametrize(
    ("login", "status"), [("an", 303), ("oanh", 303), ("quan", 303), ("bich", 403), ("em", 403)]
)
def test_who_keeps_the_addresses_of_a_ward(hall: Hall, login: str, status: int) -> None:
    assert add(hall, login) == status


def test_a_bad_address_is_told_beside_its_field(hall: Hall) -> None:
    form = {"unit": str(unit_id(hall, "ha-dinh")), "way": "email", "address": "dai@"}
    answer = hall.browser("an").post(f"{PAGE}/dia-chi", **form)
    assert (answer.status_code, "address-error" in answer.text) == (422, True)


def test_the_secret_of_a_webhook_is_shown_once(hall: Hall) -> None:
    form = {"unit": str(unit_id(hall, "ha-dinh")), "way": "webhook", "address": "https://phuong.vn/bao"}
    answer = hall.browser("an").post(f"{PAGE}/dia-chi", **form)
    with hall.house.database.reading() as session:
        secret = session.scalars(select(NoticeContact.secret)).one() or "?"
    assert (secret in answer.text, secret in hall.browser("an").get(PAGE).text) == (True, False)


def test_a_test_goes_the_way_of_everything_else(hall: Hall) -> None:
    add(hall)
    hall.browser("an").post(f"{PAGE}/dia-chi/1/gui-thu")
    with hall.house.database.reading() as session:
        (row,) = session.scalars(select(NoticeDelivery)).all()
    assert (row.state, row.address) == ("waiting", "dai@phuong.vn")
    assert "Thử gửi báo tin" in hall.browser("an").see(PAGE).words


def test_what_may_not_have_arrived_is_sent_again_by_hand(hall: Hall) -> None:
    add(hall)
    hall.browser("an").post(f"{PAGE}/dia-chi/1/gui-thu")
    with hall.house.database.writing() as session:
        session.scalars(select(NoticeDelivery)).one().state = "unsure"
    stranger = hall.browser("bich").post(f"{PAGE}/gui-lai/1").status_code
    hall.browser("an").post(f"{PAGE}/gui-lai/1")
    with hall.house.database.reading() as session:
        assert (stranger, session.scalars(select(NoticeDelivery.state)).one()) == (403, "waiting")


def test_an_address_that_ended_is_gone_from_the_page(hall: Hall) -> None:
    add(hall)
    hall.browser("an").post(f"{PAGE}/dia-chi/1/bo")
    assert "Chưa có địa chỉ nào" in hall.browser("an").see(PAGE).words
