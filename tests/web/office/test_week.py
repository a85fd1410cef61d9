"""The week table and a ward's day: what is free, what is wrong, who sees it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from content.models.plan import Programme
from scheduler import quotas, rulebook, stations
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.plan import Unplaced
from scheduler.models.station import Station
from scheduler.models.window import Window
from tests.scheduler.factories import local, make_airing
from tests.web.hall import NOW, TODAY, Browser, Hall, Page

WEEK, DAY = "/office/tuan", f"/office/tuan/ha-dinh-1/{TODAY}"


def lay(hall: Hall, seconds: int, at: str = "17:00") -> str:
    """Put an airing into Hạ Đình's afternoon."""
    with hall.house.database.writing() as session:
        station = session.get_one(Station, "ha-dinh-1")
        window = session.scalars(select(Window.id).where(Window.station == station.name)).one()
        row = make_airing(
            session,
            station,
            state="planned",
            released_generation=None,
            starts_at=local(at),
            duration_ms=seconds * 1000,
            window_id=window,
            programme="05",
            title="Rác cồng kềnh",
        )
        return row.id


def test_a_cell_says_what_is_used_and_what_is_free(hall: Hall, writer: Browser) -> None:
    lay(hall, 759)
    assert "17:00 12:40 / 15:00 còn 2:20" in writer.see(WEEK).words


def test_days_without_airings_are_free(writer: Browser) -> None:
    assert writer.see(f"{WEEK}?tuan=2027-03-01").words.count("0:00 / 15:00 còn 15:00") == 7


def test_too_much_and_too_little_are_marked(hall: Hall, writer: Browser) -> None:
    lay(hall, 1000)
    page = writer.see(WEEK)
    assert "quá 1:41" in page.words
    assert "1 trạm quá" in page.words
    assert "square-bad" in page.answer.text
    assert "ít bài" in page.words


def test_a_broken_rule_stands_in_the_cell_with_its_citation(hall: Hall, writer: Browser) -> None:
    with hall.house.database.writing() as session:
        rulebook.create_rule(
            session,
            kind="minutes_per_session",
            value={"most": 10},
            valid_from=TODAY,
            citation="Quyết định 12",
            by="quan",
            now=NOW,
        )
    words = writer.see(WEEK).words
    assert "1 trạm trái quy định" in words
    assert "Quyết định 12" in words
    assert "Quyết định 12" in writer.see(DAY).words


def test_programmes_are_told_beside_their_quotas(hall: Hall, writer: Browser) -> None:
    lay(hall, 60)
    with hall.house.database.writing() as session:
        programme = session.scalars(select(Programme).where(Programme.code == "05")).one()
        quotas.set_quota(session, programme, 600, by="quan", now=NOW)
    assert "05 1:00 0:00 10:00 xếp thiếu 9:00" in writer.see(WEEK).words


def test_only_the_own_wards_are_shown(hall: Hall, writer: Browser) -> None:
    assert "Định Công" not in writer.see(WEEK).words
    assert hall.browser("bich").get(DAY).status_code == 404
    assert "Định Công" in hall.browser("quan").see(WEEK).words


def test_a_district_may_be_chosen(hall: Hall) -> None:
    rows = hall.browser("quan").see(f"{WEEK}?phan=1&don-vi={hall.unit_id('hoang-mai')}").words
    assert "Định Công" in rows
    assert "Hạ Đình" not in rows


def test_a_screen_holds_fifty_stations(hall: Hall, writer: Browser) -> None:
    unit = hall.unit_id("ha-dinh")
    with hall.house.database.writing() as session:
        for n in range(2, 52):
            stations.create_station(session, unit, title=f"Cụm {n}", name=f"ha-dinh-{n}", now=NOW)
    assert writer.see(f"{WEEK}?phan=1").links("//nav")[-1] == "Trang sau"
    assert "Trạm 51–51 trong 51" in writer.see(f"{WEEK}?phan=1&trang=99").words


def test_a_day_lists_airings_and_gaps(hall: Hall, writer: Browser) -> None:
    lay(hall, 60, at="17:05")
    words = writer.see(DAY).words
    assert "17:00 trống 4:59 17:05:00" in words
    assert "17:06 trống 8:59" in words


def test_what_found_no_room_leads_to_its_why(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved", title="Rác cồng kềnh")
    writer.send(f"/office/ban-tin/{made}/lenh-phat", units=[str(hall.unit_id("ha-dinh"))])
    with hall.house.database.writing() as session:
        order = session.scalars(select(Order.id)).one()
        left = {"station": "ha-dinh-1", "due": TODAY, "n": 2, "reason": "no_room", "at": NOW}
        session.add(Unplaced(order_id=order, detail={}, **left))
    assert writer.see(DAY).links("//ul[@class='order-lines']") == ["Vì sao?"]


def test_an_absence_is_explained(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved", title="Rác cồng kềnh")
    writer.send(f"/office/ban-tin/{made}/lenh-phat", units=[str(hall.unit_id("ha-dinh"))])
    words = writer.see("/office/vi-sao?station=ha-dinh-1&order=1&day=2026-12-24").words
    assert "nằm ngoài hiệu lực" in words
    assert "Sửa hiệu lực của bản tin rồi duyệt lại" in words


def test_an_absence_is_asked_for_by_a_form(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved", title="Rác cồng kềnh")
    ask = "/office/vi-sao"
    assert "Hỏi vì sao một bản tin phát, hoặc không phát" in writer.see(ask).words
    assert f"{ask}?station=ha-dinh-1&day=2026-11-23" in writer.get(DAY).text.replace("&amp;", "&")
    words = writer.see(f"{ask}?station=ha-dinh-1&day=2026-11-24&order=&bulletin={made}").words
    assert "Chưa có lệnh phát nào cho “Rác cồng kềnh”." in words
    assert "Hỏi điều khác" in words


def test_who_knows_no_number_chooses_from_the_orders_of_the_day(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved", title="Rác cồng kềnh")
    writer.send(f"/office/ban-tin/{made}/lenh-phat", units=[str(hall.unit_id("ha-dinh"))])
    page = writer.see(f"/office/vi-sao?station=ha-dinh-1&day={TODAY}")
    assert "Rác cồng kềnh lệnh phát số 1 · 1 lượt ở trạm này" in page.words
    elsewhere = hall.browser("quan").see(f"/office/vi-sao?station=dinh-cong-1&day={TODAY}")
    assert "lệnh phát số 1 · không gửi tới trạm này" in elsewhere.words
    assert "chưa có lệnh phát nào" in writer.see("/office/vi-sao?station=ha-dinh-1&day=2027-05-01").words


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("station=ha-dinh-1&order=x", "order", "Hãy cho biết số lệnh phát hoặc số bản tin."),
        ("station=khong-co&order=1", "station", "Không có trạm “khong-co”."),
        ("station=ha-dinh-1&order=77", "order", "Không có lệnh phát số 77."),
        ("station=ha-dinh-1&bulletin=77", "bulletin", "77"),
    ],
)
def test_what_cannot_be_asked_is_told_beside_its_field(
    writer: Browser, query: str, field: str, told: str
) -> None:
    answer = writer.get(f"/office/vi-sao?{query}")
    assert told in Page(answer, "/office/vi-sao").error_of(field)


def test_a_row_tells_its_note_on_every_list(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved", title="Rác cồng kềnh")
    writer.send(f"/office/ban-tin/{made}/lenh-phat", units=[str(hall.unit_id("ha-dinh"))])
    note = "Buổi 17:00 ngày 22/11 không đủ chỗ, chuyển sang buổi này."
    with hall.house.database.writing() as session:
        session.execute(update(Airing).values(note=note))
        session.execute(update(Station).values(enrolled_at=NOW, heard_at=NOW))
        name = session.scalars(select(Airing.id)).first()
    pages = (DAY, "/office/luot-phat", "/office/luot-phat?lenh=1", f"/office/luot-phat/{name}")
    assert [note in writer.see(page).words for page in pages] == [True] * len(pages)
    assert note in hall.browser("oanh").see("/ward/ha-dinh").words


def test_an_airings_page_begins_with_its_why(hall: Hall, writer: Browser) -> None:
    words = writer.see(f"/office/luot-phat/{lay(hall, 60)}").words
    assert words.index("Vì sao?") < words.index("Giờ xếp")
    assert "Đã xếp, chờ giao cho trạm." in words


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/office/vi-sao?station=ha-dinh-1", 200),
        ("/office/vi-sao?station=ha-dinh-1&order=x", 422),
        ("/office/vi-sao?station=khong-co&order=1", 404),
        ("/office/vi-sao?station=dinh-cong-1&order=1", 404),
        ("/office/vi-sao?station=ha-dinh-1&order=77", 404),
        ("/office/tuan?tuan=mai", 404),
        ("/office/tuan/ha-dinh-1/mai", 404),
        ("/office/tuan?trang=-3", 200),
    ],
)
def test_what_is_not_there_is_told(hall: Hall, writer: Browser, path: str, status: int) -> None:
    assert writer.get(path).status_code == status


def test_an_unchanged_table_has_no_body(hall: Hall, writer: Browser) -> None:
    first = writer.get(f"{WEEK}?phan=1")
    again = writer.get(f"{WEEK}?phan=1", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


def test_looking_stores_nothing(hall: Hall, writer: Browser) -> None:
    airing, before = lay(hall, 60), hall.counts()
    for path in (WEEK, DAY, f"/office/luot-phat/{airing}"):
        writer.see(path)
    assert hall.counts() == before
    assert before[Airing.__tablename__] == 1
