"""The desk: who may see it, what it shows, and that it is still when nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler import stations
from scheduler.alarms import raise_alarm
from scheduler.models.command import Command
from scheduler.models.station import Station
from tests.web.ward.conftest import Browser, Town
from tests.web.wards import MORNING, beat, make_airing, make_unit, store_starting


def test_an_operator_of_one_ward_is_taken_there(an: Browser) -> None:
    answer = an.see("/ward")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/ward/ha-dinh")


def test_the_office_chooses_among_the_wards_below_it(binh: Browser) -> None:
    text = binh.text("/ward")
    assert "2 phường bạn phụ trách" in text
    assert "Phường Hạ Đình Đang nối" in text


def test_who_has_no_ward_is_told_whom_to_ask(sign_in: Callable[[str], Browser]) -> None:
    assert "Bạn chưa phụ trách phường nào" in sign_in("chi").text("/ward")


@pytest.mark.parametrize(("login", "status"), [("an", 200), ("binh", 200), ("chi", 403)])
def test_a_desk_opens_to_its_operator_and_the_office_above(
    sign_in: Callable[[str], Browser], login: str, status: int
) -> None:
    assert sign_in(login).see("/ward/ha-dinh").status_code == status


@pytest.mark.parametrize("page", ["", "/live"])
def test_another_wards_desk_stays_shut(an: Browser, page: str) -> None:
    answer = an.see(f"/ward/khuong-dinh{page}")
    assert answer.status_code == 403
    assert "Tại Phường Khương Đình, việc này dành cho người vận hành đài." in answer.text


def test_strangers_are_sent_to_the_door(an: Browser) -> None:
    answer = an.client.application.test_client().get("/ward/ha-dinh")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dang-nhap?next=/ward/ha-dinh")


@pytest.mark.parametrize("path", ["/ward/khong-co", "/ward/ha-dinh?tram=khong-co"])
def test_what_is_not_there_is_told(binh: Browser, path: str) -> None:
    assert binh.see(path).status_code == 404


def test_a_ward_without_a_station_says_how_to_get_one(town: Town, binh: Browser) -> None:
    with town.house.database.writing() as session:
        make_unit(session, "dai-kim", "Phường Đại Kim", parent_id=1)
    assert "Phường Đại Kim chưa có trạm nào ghi danh" in binh.text("/ward/dai-kim")


def test_the_head_line_says_how_the_station_is(an: Browser) -> None:
    text = an.text("/ward/ha-dinh")
    assert "Đang nối với trung tâm đồng hồ lệch 12 ms chưa có lượt phát nào" in text


@pytest.mark.parametrize(
    ("missing", "told"), [([], "đủ bài cho 3 ngày"), (["a" * 64], "đủ bài đến 08:00 23/11, còn 1 bản thu")]
)
def test_what_it_holds_is_told_by_its_clips(town: Town, an: Browser, missing: list[str], told: str) -> None:
    make_airing(town.house, town.ha_dinh, "Tiêm chủng", 60, clip_sha256="b" * 64)
    make_airing(town.house, town.ha_dinh, "Thu gom rác", 120, clip_sha256="a" * 64)
    with town.house.database.writing() as session:
        session.get_one(Station, town.ha_dinh.name).clips_missing = missing
    assert told in an.text("/ward/ha-dinh")


@pytest.mark.parametrize(
    ("seconds", "word", "trouble"),
    [(40, "Đang nối", False), (60, "Báo chậm", False), (120, "Mất kết nối", True)],
)
def test_silence_is_told(town: Town, an: Browser, seconds: int, word: str, *, trouble: bool) -> None:
    town.clock.advance(seconds)
    text = an.text("/ward/ha-dinh")
    assert (word in text, "Trạm vẫn tự phát theo lịch đã nhận" in text) == (True, trouble)


def test_a_day_without_airings_names_the_next(town: Town, an: Browser) -> None:
    make_airing(town.house, town.ha_dinh, "Tiêm chủng", 24 * 60)
    assert "Hôm nay không có lượt phát nào. Buổi tới: 06:00, Thứ Ba 24/11" in an.text("/ward/ha-dinh")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "planned"}, "Đã xếp lịch Tin"),
        ({"state": "released"}, "Đã giao trạm Tin"),
        ({"state": "due"}, "Đến giờ Tin"),
        (
            {"state": "played", "started_at": MORNING + timedelta(seconds=62), "heard_ms": 60_000},
            "Đã phát Tin Dài 1:00, bắt đầu lúc 06:01:02 .",
        ),
        (
            {"state": "interrupted", "started_at": MORNING, "heard_ms": 23_000, "reason": "power_lost"},
            "nghe được 0:23. Mất điện",
        ),
        ({"state": "missed", "reason": "clip_missing"}, "Không phát Tin Dài 1:00. Trạm chưa tải kịp bản thu"),
        ({"state": "skipped", "reason": "operator"}, "Đã bỏ qua Tin Dài 1:00. Người vận hành quyết định."),
        (
            {"state": "cancelled", "reason": "recalled"},
            "Đã hủy Tin Dài 1:00. Gỡ khỏi lịch vì bản tin được sửa, thu hồi hoặc lệnh bị hủy.",
        ),
        ({"state": "released", "recalled_at": MORNING, "reason": "recalled"}, "Chờ trạm xác nhận."),
        (
            {"state": "partial", "reason": "operator", "note": "desk"},
            "Người vận hành quyết định, tại máy trạm.",
        ),
        ({"state": "released", "not_after": MORNING - timedelta(seconds=91)}, "Chưa có báo cáo Tin"),
    ],
)
def test_the_queue_shows_each_state_and_why(
    town: Town, an: Browser, fields: dict[str, object], words: str
) -> None:
    make_airing(town.house, town.ha_dinh, "Tin", -2, **fields)
    assert words in an.text("/ward/ha-dinh")


def test_an_exercise_is_marked_as_one(town: Town, an: Browser) -> None:
    make_airing(town.house, town.ha_dinh, "Diễn tập: bão vào", -2, state="played", level="emergency")
    assert "Diễn tập: bão vào Diễn tập Dài 1:00" in an.text("/ward/ha-dinh")


@pytest.mark.parametrize(("key", "button"), [("s", "Dừng hết"), ("p", "Tạm dừng"), ("b", "Bỏ qua…")])
def test_the_keys_are_those_of_the_station_s_page(town: Town, an: Browser, key: str, button: str) -> None:
    make_airing(town.house, town.ha_dinh, "Thu gom rác", -0.5, state="on_air")
    marked = an.see("/ward/ha-dinh").text.split(f'data-shortcut="{key}"')
    assert (len(marked), button in marked[1].split("</")[1] + marked[1].split("</")[2]) == (2, True)


def test_what_plays_is_shown_with_the_time_left(town: Town, an: Browser) -> None:
    make_airing(town.house, town.ha_dinh, "Thu gom rác", -0.5, state="on_air")
    make_airing(town.house, town.ha_dinh, "Tiêm chủng", 2, programme="03")
    text = an.text("/ward/ha-dinh")
    assert "Đang phát bắt đầu lúc 05:59:30 Thu gom rác còn 0:30" in text
    assert "Tiếp theo 06:02 2 phút nữa Chương trình 03 Tiêm chủng 1:00" in text


@pytest.mark.parametrize(
    ("said", "began", "left"),
    [(-32, "05:59:30", "0:30"), (-20, "05:59:40", "0:40"), (None, "05:59:30", "0:30")],
)
def test_what_plays_began_when_the_station_says(
    town: Town, an: Browser, said: int | None, began: str, left: str
) -> None:
    airing = make_airing(town.house, town.ha_dinh, "Thu gom rác", -0.5, state="on_air")
    if said is not None:
        store_starting(town.house, town.ha_dinh, airing, at=MORNING + timedelta(seconds=said))
    assert f"bắt đầu lúc {began} Thu gom rác còn {left}" in an.text("/ward/ha-dinh")


@pytest.mark.parametrize(
    ("minutes", "state", "told"), [(-30, "on_air", True), (-0.5, "on_air", False), (-30, "played", False)]
)
def test_what_should_have_ended_is_told(
    town: Town, an: Browser, minutes: float, state: str, *, told: bool
) -> None:
    make_airing(town.house, town.ha_dinh, "Thu gom rác", minutes, state=state)
    assert ("lẽ ra đã xong mà trạm chưa báo" in an.text("/ward/ha-dinh")) is told


def test_open_alarms_are_told(town: Town, an: Browser) -> None:
    with town.house.database.writing() as session:
        raise_alarm(session, "fork", detail="dòng 7", now=MORNING, station="ha-dinh")
    assert "Trung tâm có 1 cảnh báo về trạm này" in an.text("/ward/ha-dinh")


def test_a_station_of_several_is_chosen_by_name(town: Town, an: Browser) -> None:
    with town.house.database.writing() as session:
        ha_dinh = session.scalars(select(Station).where(Station.name == "ha-dinh")).one()
        stations.create_station(session, ha_dinh.unit_id, title="Hạ Đình 2", now=MORNING)
    assert "/ward/ha-dinh/live?tram=ha-dinh" in an.see("/ward/ha-dinh").text
    assert "chưa có trạm nào ghi danh" in an.text("/ward/ha-dinh?tram=ha-dinh-2")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"clock_ok": False}, "Đồng hồ máy trạm chưa tin được"),
        ({"disk_free_bytes": 1_000_000}, "Ổ đĩa máy trạm gần đầy"),
        ({"clips_missing": ("a" * 64,)}, "Bản thu của lượt 06:02 chưa tải về trạm"),
        ({"generation": 0}, "Trạm chưa nhận lịch có lượt 06:02"),
    ],
)
def test_troubles_are_told_with_what_to_do(
    town: Town, an: Browser, said: dict[str, object], words: str
) -> None:
    make_airing(town.house, town.ha_dinh, "Tiêm chủng", 2, clip_sha256="a" * 64)
    beat(town.house, town.ha_dinh, **said)
    assert words in an.text("/ward/ha-dinh")


def test_the_live_part_is_still_while_nothing_changes(town: Town, an: Browser) -> None:
    make_airing(town.house, town.ha_dinh, "Tiêm chủng", 30)
    tag = an.see("/ward/ha-dinh/live").headers["ETag"]
    town.clock.advance(2)
    assert an.see("/ward/ha-dinh/live", If_None_Match=tag).status_code == 304


def test_the_live_part_changes_with_the_day(town: Town, an: Browser) -> None:
    tag = an.see("/ward/ha-dinh/live").headers["ETag"]
    make_airing(town.house, town.ha_dinh, "Tiêm chủng", 30)
    answer = an.see("/ward/ha-dinh/live", If_None_Match=tag)
    assert (answer.status_code, "Tiêm chủng" in answer.text) == (200, True)


def test_the_page_asks_for_its_live_part_and_says_that_it_rehearses(an: Browser) -> None:
    page = an.see("/ward/ha-dinh").text
    assert 'data-poll="/ward/ha-dinh/live" data-poll-seconds="2"' in page
    assert "Tập dượt, không ra loa" in page


def test_what_was_done_at_the_station_s_own_page_is_shown(town: Town, an: Browser) -> None:
    with town.house.database.writing() as session:
        session.add(
            Command(
                id="6f1c2b9a-0000-4000-8000-00000000000a",
                station=town.ha_dinh.name,
                kind="volume",
                item=None,
                value=40,
                by="desk",
                issued_at=MORNING,
                expires_at=MORNING,
                done_at=MORNING,
                outcome="done",
            )
        )
    text = an.text("/ward/ha-dinh")
    assert "Âm lượng 40 , tại máy trạm: trạm đã làm" in text
    assert "đang đặt 40 trên 100" in text
