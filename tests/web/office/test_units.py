"""Units at the office: the tree, a unit's page, and who may change what."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from content.models.unit import Unit
from scheduler.models.station import Station
from tests.web.hall import Browser, Hall, Page

PAGE = "/office/don-vi"
WARD = f"{PAGE}/ha-dinh"


@pytest.fixture
def admin(hall: Hall) -> Browser:
    return hall.browser("quan")


def kept(hall: Hall, slug: str = "ha-dinh") -> Unit:
    with hall.house.database.reading() as session:
        return session.scalars(select(Unit).where(Unit.slug == slug)).one()


def station(hall: Hall, name: str = "ha-dinh-1") -> Station:
    with hall.house.database.reading() as session:
        return session.get_one(Station, name)


def test_the_tree_with_what_each_unit_is(admin: Browser) -> None:
    words = admin.see(PAGE).words
    assert "Thành phố Hà Nội Thành phố" in words
    assert words.index("Quận Hoàng Mai") < words.index("Phường Định Công") < words.index("Quận Thanh Xuân")


def test_who_works_for_one_branch_sees_that_branch(writer: Browser) -> None:
    words = writer.see(PAGE).words
    assert "Phường Hạ Đình" in words
    assert "Phường Định Công" not in words
    assert writer.get(f"{PAGE}/dinh-cong").status_code == 404


def test_tags_are_given_and_rules_follow(hall: Hall, admin: Browser) -> None:
    admin.post("/office/quy-dinh/kem-theo")
    sent = admin.send(WARD, f"{WARD}/nhan", zone="noi-thanh", near=["truong-hoc"], others="lang-nghe")
    assert (sent.status_code, kept(hall).tags) == (303, ["lang-nghe", "noi-thanh", "truong-hoc"])
    words = admin.see(WARD).words
    assert "Nhiều nhất 2 buổi mỗi ngày" in words
    assert hall.audited()[-1] == "unit.tags"


def test_what_was_typed_stands_when_it_is_refused(admin: Browser) -> None:
    answer = admin.send(WARD, f"{WARD}/nhan", others="Làng Nghề")
    assert answer.status_code == 422
    assert "phải dạng noi-thanh" in Page(answer, WARD).error_of("others")


@pytest.mark.parametrize(("login", "status"), [("an", 303), ("quan", 303), ("oanh", 403), ("lan", 403)])
def test_who_keeps_a_unit(hall: Hall, login: str, status: int) -> None:
    answer = hall.browser(login).post(f"{WARD}/nhan", zone="noi-thanh")
    assert answer.status_code == status


def test_a_unit_s_own_office_does_not_free_itself_of_rules(hall: Hall) -> None:
    page = f"{PAGE}/dinh-cong"
    own = hall.browser("bich")
    assert "do quản trị hoặc văn phòng cấp trên đặt" in own.see(page).words
    assert own.post(f"{page}/nhan", zone="").status_code == 403


@pytest.mark.parametrize(("login", "status"), [("lan", 303), ("quan", 303), ("an", 403)])
def test_who_wants_weeks_approved(hall: Hall, login: str, status: int) -> None:
    assert hall.browser(login).post(f"{WARD}/duyet-tuan", wanted="1").status_code == status
    assert kept(hall).week_approval == (status == 303)


@pytest.mark.parametrize(("login", "status"), [("an", 303), ("oanh", 303), ("quan", 303), ("em", 403)])
def test_how_a_station_is_filled(hall: Hall, login: str, status: int) -> None:
    answer = hall.browser(login).post(f"{PAGE}/tram/ha-dinh-1/xep", fill="ward")
    assert (answer.status_code, station(hall).fill) == (status, "ward" if status == 303 else "auto")


def test_a_station_is_moved(hall: Hall, admin: Browser) -> None:
    action = f"{PAGE}/tram/ha-dinh-1/chuyen"
    admin.send(WARD, action, unit_id=str(hall.unit_id("dinh-cong")))
    assert station(hall).unit_id == hall.unit_id("dinh-cong")
    assert hall.audited()[-1] == "station.move"


def test_a_station_goes_only_where_the_person_keeps_units(hall: Hall, writer: Browser) -> None:
    answer = writer.post(f"{PAGE}/tram/ha-dinh-1/chuyen", unit_id=str(hall.unit_id("dinh-cong")))
    assert (answer.status_code, station(hall).unit_id) == (422, hall.unit_id("ha-dinh"))


def test_a_merger_is_told_on_both_pages_and_may_be_taken_back(hall: Hall, admin: Browser) -> None:
    into = str(hall.unit_id("dinh-cong"))
    admin.send(WARD, f"{WARD}/ket-thuc", on="2026-12-01", into=into)
    assert "sẽ sáp nhập từ 1/12/2026 vào Phường Định Công" in admin.see(WARD).words
    assert "tiếp nhận: Phường Hạ Đình (1/12/2026)" in admin.see(f"{PAGE}/dinh-cong").words
    admin.send(WARD, f"{WARD}/giu-lai")
    assert (kept(hall).valid_to, kept(hall).successor_id) == (None, None)
    assert hall.audited()[-2:] == ["unit.merge", "unit.keep"]


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("ket-thuc", {"on": "2026-11-01"}, "on", "từ hôm nay trở đi"),
    ("ket-thuc", {"on": "x"}, "on", "không phải một ngày"),
    ("ket-thuc", {"on": "2026-12-01", "into": "999"}, "into", "đơn vị tiếp nhận"),
    ("cap-duoi", {"child": " ", "kind": "cluster", "valid_from": "2026-12-01"}, "child", "Tên đơn vị"),
    ("cap-duoi", {"child": "Quận Mới", "kind": "city", "valid_from": "2026-12-01"}, "kind", "nhỏ hơn"),
    ("cap-duoi", {"child": "Hà Đình", "kind": "cluster", "valid_from": "hôm qua"}, "valid_from", "ngày"),
    ("ten", {"name": ""}, "name", "Tên đơn vị"),
]


@pytest.mark.parametrize(("step", "fields", "field", "said"), REFUSED)
def test_what_is_refused(
    hall: Hall, admin: Browser, step: str, fields: dict[str, Any], field: str, said: str
) -> None:
    before = hall.counts()
    answer = admin.post(f"{WARD}/{step}", **fields)
    assert answer.status_code == 422
    page = Page(answer, WARD)
    assert said in (page.words if field == "kind" else page.error_of(field))
    assert hall.counts() == before


def test_a_unit_over_without_successor_tells_of_its_stations(hall: Hall, admin: Browser) -> None:
    admin.send(WARD, f"{WARD}/ket-thuc", on="2026-11-23")
    words = admin.see(WARD).words
    assert "đã kết thúc từ 23/11/2026" in words
    assert "không nhận lệnh phát nào" in words


def test_a_unit_is_added_and_renamed(hall: Hall, admin: Browser) -> None:
    admin.send(WARD, f"{WARD}/cap-duoi", child="Cụm loa số 3", kind="cluster", valid_from="2026-12-01")
    assert kept(hall, "cum-loa-so-3").parent_id == hall.unit_id("ha-dinh")
    admin.send(WARD, f"{WARD}/ten", name="Phường Hạ Đình mới")
    assert kept(hall).name == "Phường Hạ Đình mới"
    again = admin.post(f"{WARD}/cap-duoi", child="Cụm loa số 3", kind="cluster", valid_from="2026-12-01")
    assert (again.status_code, "Đã có đơn vị" in Page(again, WARD).error_of("child")) == (409, True)
