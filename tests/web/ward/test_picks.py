"""The ward's choice: bulletins picked for a day, their order, and who fills the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduler.models.pick import Pick
from scheduler.models.station import Station
from tests.web.hall import NOW, Browser, Hall, open_hall
from web.ward import picks

PAGE = "/ward/ha-dinh/chon-bai"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    for opened in open_hall(tmp_path):
        with opened.house.database.writing() as session:
            session.get_one(Station, "ha-dinh-1").enrolled_at = NOW
        yield opened


@pytest.fixture
def oanh(hall: Hall) -> Browser:
    """Return the browser of the ward's operator, to whom two bulletins are ordered."""
    ward = [str(hall.unit_id("ha-dinh"))]
    for title in ("Thu gom rác", "Họp dân phố"):
        made = hall.bulletin("approved", title=title, text=f"{title}.")
        hall.browser("an").send(f"/office/ban-tin/{made}/lenh-phat", units=ward)
    return hall.browser("oanh")


def picked(hall: Hall) -> list[int]:
    with hall.house.database.reading() as session:
        return list(session.scalars(select(Pick.bulletin_id).order_by(Pick.position)))


@pytest.mark.parametrize(
    ("step", "number", "after"),
    [
        (picks.added, 4, [1, 2, 3, 4]),
        (picks.added, 2, [1, 2, 3]),
        (picks.dropped, 2, [1, 3]),
        (picks.dropped, 9, [1, 2, 3]),
        (picks.raised, 3, [1, 3, 2]),
        (picks.raised, 1, [1, 2, 3]),
        (picks.raised, 9, [1, 2, 3]),
        (picks.lowered, 1, [2, 1, 3]),
        (picks.lowered, 3, [1, 2, 3]),
    ],
)
def test_the_steps(step: Callable[[list[int], int], list[int]], number: int, after: list[int]) -> None:
    assert step([1, 2, 3], number) == after


def test_the_page_tells_what_may_be_picked_and_what_time_is_left(oanh: Browser) -> None:
    words = oanh.see(PAGE).words
    assert "17:00 Buổi chiều: còn" in words
    assert "Bài có thể chọn 2" in words


def test_bulletins_are_picked_ordered_and_dropped(hall: Hall, oanh: Browser) -> None:
    day = f"{PAGE}?ngay=2026-11-24"
    for step in ("them:1", "them:2", "len:2"):
        assert oanh.post(day, step=step).location == day
    assert picked(hall) == [2, 1]
    assert "Phường đã chọn 2 1 Chương trình 05 Họp dân phố" in oanh.see(day).words
    oanh.post(day, step="bo:2")
    assert picked(hall) == [1]
    assert hall.audited()[-1] == "station.picks"


def test_the_ward_may_leave_the_rest_empty(hall: Hall, oanh: Browser) -> None:
    assert "Đang tự xếp" in oanh.see(PAGE).words
    oanh.post("/ward/ha-dinh/cach-xep", fill="ward")
    assert "Đang để trống" in oanh.see(PAGE).words
    oanh.post("/ward/ha-dinh/cach-xep", fill="auto")
    assert hall.audited()[-2:] == ["station.fill"] * 2


@pytest.mark.parametrize("step", ["", "x:1", "them:", "them:x", "them:999", "them:99999999999"])
def test_what_cannot_be_picked(hall: Hall, oanh: Browser, step: str) -> None:
    assert oanh.post(PAGE, step=step).status_code == 422
    assert picked(hall) == []


def test_a_day_that_is_over_is_not_changed(oanh: Browser) -> None:
    assert oanh.post(f"{PAGE}?ngay=2026-11-22", step="them:1").status_code == 422
    assert "Chọn Thu gom rác" not in oanh.see(f"{PAGE}?ngay=2026-11-22").words


def test_the_office_looks_but_does_not_pick(hall: Hall, oanh: Browser) -> None:
    office = hall.browser("an")
    assert "Bài có thể chọn 2" in office.see(PAGE).words
    assert office.post(PAGE, step="them:1").status_code == 403


def test_the_office_above_may_say_who_fills_the_time(hall: Hall, oanh: Browser) -> None:
    answer = hall.browser("an").post("/ward/ha-dinh/cach-xep", fill="ward")
    assert answer.status_code == 303
    assert "chỉ phát những bài phường chọn" in oanh.see(PAGE).words


@pytest.mark.parametrize("login", ["lan", "em", "bich"])
def test_others_stay_outside(hall: Hall, oanh: Browser, login: str) -> None:
    assert hall.browser(login).get(PAGE).status_code == 403


def test_the_desk_leads_there(oanh: Browser) -> None:
    assert "Chọn bài" in oanh.see("/ward/ha-dinh").words
