"""Who may enter which room: role × the units below him, for pages, buttons and forged requests alike."""

from __future__ import annotations

import pytest

from content.models.people import Grant, Role
from content.people import by_login
from tests.web.hall import CLIP_MS, Hall, Page, sound_hash

SELDOM, SOUND = ("Khung giờ", "Kế hoạch", "Từ điển"), ("Nhạc hiệu", "Giọng đọc")
ROOMS = {
    "an": [
        "Hôm nay",
        "Bản tin",
        "Tuần phát",
        "Lượt phát",
        "Khẩn cấp",
        "Đài phường",
        "Trạm loa",
        "Khung giờ",
        "Kế hoạch",
        "Từ điển",
        *SOUND,
    ],
    "lan": [
        "Hôm nay",
        "Bản tin",
        "Chờ duyệt",
        "Tuần phát",
        "Lượt phát",
        "Khẩn cấp",
        "Trạm loa",
        "Khung giờ",
        "Kế hoạch",
        "Từ điển",
        *SOUND,
    ],
    "oanh": ["Hôm nay", "Tuần phát", "Lượt phát", "Đài phường", "Khung giờ"],
    "em": ["Hôm nay", "Bản tin", "Tin bài"],
    "quan": [
        "Hôm nay",
        "Bản tin",
        "Tuần phát",
        "Lượt phát",
        "Khẩn cấp",
        "Trạm loa",
        "Khung giờ",
        "Kế hoạch",
        "Từ điển",
        *SOUND,
        "Nhật ký",
    ],
}
WRITING = ("sua", "gui-duyet", "thu-hoi", "lenh-phat")
DECIDING = ("duyet", "tra-lai")
NO_FORM = {"reason": "x", "clip_sha256": sound_hash(), "heard_ms": str(CLIP_MS)}


def refused(hall: Hall, login: str, path: str) -> str:
    """Return what is told to somebody who sends a form that nobody showed him; nothing may change."""
    before, browser = hall.counts(), hall.browser(login)
    answer = browser.post(path, **NO_FORM)
    assert answer.status_code == 403, path
    assert hall.counts() == before
    return Page(answer, path).words


@pytest.mark.parametrize("login", ROOMS)
def test_each_sees_the_rooms_he_has_a_use_for(hall: Hall, login: str) -> None:
    assert hall.browser(login).see("/office/").links("//nav[@aria-label='Chính']") == ROOMS[login]


def test_who_holds_every_role_finds_the_seldom_used_rooms_folded(hall: Hall) -> None:
    everywhere = hall.unit_id("ha-noi")
    with hall.house.database.writing() as session:
        everybody = by_login(session, "quan")
        more = (role for role in Role if role != Role.ADMIN)
        everybody.grants.extend(Grant(role=role, unit_id=everywhere) for role in more)
    page = hall.browser("quan").see("/office/tu-dien")
    assert page.links("//nav[@aria-label='Chính']//details") == [*SELDOM, *SOUND, "Nhật ký"]
    assert set(page.links("//nav[@aria-label='Các trang']")) == {
        room for one in ROOMS.values() for room in one
    }
    assert page.links("//nav[@aria-label='Chính']/ul/li[not(details)]")[:3] == [
        "Hôm nay",
        "Bản tin",
        "Chờ duyệt",
    ]


@pytest.mark.parametrize("path", ["", "/sua", "/ban-thu", "/lenh-phat", "/dang-tin"])
def test_another_district_is_closed_and_named(hall: Hall, path: str) -> None:
    made = hall.bulletin("approved")
    answer = hall.browser("bich").get(f"/office/ban-tin/{made}{path}")
    assert answer.status_code == 403
    assert "Tại Phường Hạ Đình, việc này dành cho" in Page(answer, "/").words


def test_another_districts_bulletins_are_in_no_list(hall: Hall) -> None:
    hall.bulletin("approved", title="Chuyện của Hạ Đình")
    outside, inside = hall.browser("bich"), hall.browser("an")
    assert "Chuyện của Hạ Đình" not in outside.see("/office/ban-tin").words
    assert "Chuyện của Hạ Đình" in inside.see("/office/ban-tin").words


@pytest.mark.parametrize("login", ["oanh", "lan", "em", "quan", "bich"])
@pytest.mark.parametrize("path", WRITING)
def test_only_the_office_writes(hall: Hall, login: str, path: str) -> None:
    made = hall.bulletin("approved")
    assert "việc này dành cho phòng văn hóa." in refused(hall, login, f"/office/ban-tin/{made}/{path}")


@pytest.mark.parametrize("login", ["oanh", "lan", "em", "quan", "bich"])
def test_nobody_writes_for_a_unit_that_is_not_his(hall: Hall, login: str) -> None:
    before = hall.counts()
    answer = hall.browser(login).post("/office/ban-tin/moi", unit=str(hall.unit_id("ha-dinh")), title="x")
    assert answer.status_code == 403
    assert hall.counts() == before


@pytest.mark.parametrize("login", ["an", "oanh", "em", "quan", "bich"])
@pytest.mark.parametrize("path", DECIDING)
def test_only_a_leader_decides(hall: Hall, login: str, path: str) -> None:
    made = hall.bulletin("rendered")
    assert "việc này dành cho lãnh đạo duyệt tin." in refused(hall, login, f"/office/ban-tin/{made}/{path}")


@pytest.mark.parametrize("login", ["an", "lan", "oanh", "quan"])
def test_only_an_editor_posts(hall: Hall, login: str) -> None:
    made = hall.bulletin("approved")
    assert "việc này dành cho biên tập viên." in refused(hall, login, f"/office/ban-tin/{made}/dang-tin")


@pytest.mark.parametrize("login", ["em", "quan", "oanh"])
def test_who_may_not_write_or_decide_has_no_button_for_it(hall: Hall, login: str) -> None:
    made, browser = hall.bulletin("rendered"), hall.browser(login)
    if login == "oanh":
        assert browser.get(f"/office/ban-tin/{made}").status_code == 403
        return
    actions = {form.action for form in browser.see(f"/office/ban-tin/{made}").forms}
    assert not {f"/office/ban-tin/{made}/{step}" for step in (*WRITING, *DECIDING)} & actions


@pytest.mark.parametrize("login", ["oanh", "em", "lan", "bich"])
def test_only_who_looks_after_a_station_invites(hall: Hall, login: str) -> None:
    assert "Phường Hạ Đình" in refused(hall, login, "/office/tram/ha-dinh-1/moi")


@pytest.mark.parametrize("login", ["an", "lan", "oanh", "em"])
def test_only_an_administrator_reads_the_log(hall: Hall, login: str) -> None:
    answer = hall.browser(login).get("/office/nhat-ky")
    assert answer.status_code == 403
    assert "Chỉ người quản trị xem được nhật ký." in Page(answer, "/").words


def test_an_order_reaches_no_unit_of_another_district(hall: Hall) -> None:
    made = hall.bulletin("approved")
    answer = hall.browser("an").send(
        f"/office/ban-tin/{made}/lenh-phat", units=[str(hall.unit_id("dinh-cong"))]
    )
    assert answer.status_code == 403
    assert "Tại Phường Định Công, việc này dành cho" in Page(answer, "/").words
    assert hall.counts()["broadcast_order"] == 0
