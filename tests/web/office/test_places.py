"""One place of a bulletin read otherwise: kept, shown, and told when the text does not hold it any more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from content.models.bulletin import Revision
from tests.web.hall import Browser, Hall, Page

LOOK, READ = "/office/tu-dien/xem-truoc", "/office/doc-thu"
TWICE = "TDP họp lúc 7h30 - 11h, xong TDP về."


def place(words: str = "tổ ta", **changes: Any) -> str:
    """Return the hidden field for the second TDP of TWICE."""
    at = {"written": "TDP", "before": "11h, xong", "after": "về.", "nth": 1, "of": 1}
    return json.dumps([{**at, "spoken": words, **changes}])


def test_a_place_is_corrected_alone(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin(text=TWICE)
    writer.send(f"/office/ban-tin/{made}/sua", places=place(), then="save")
    with hall.house.database.reading() as session:
        revision = session.scalars(select(Revision)).one()
    assert revision.spoken.startswith("tổ dân phố họp")
    assert revision.spoken.endswith("xong tổ ta về.")
    words = writer.see(f"/office/ban-tin/{made}").words
    assert "Cách đọc riêng của một chỗ: “…11h, xong TDP về.…” → tổ ta" in words


def test_a_piece_carries_what_its_place_is_known_by(writer: Browser) -> None:
    answer = writer.post(READ, text=TWICE)
    assert 'data-before="11h, xong" data-after="về." data-nth="1" data-of="1"' in answer.text


def test_a_range_is_corrected_whole_where_it_stands(writer: Browser) -> None:
    at = {"written": "7h30 - 11h", "before": "họp lúc", "after": ", xong"}
    answer = writer.post(READ, text=TWICE, places=place("bảy rưỡi đến mười một giờ", **at))
    words = Page(answer, READ).words
    assert "họp lúc bảy rưỡi đến mười một giờ" in words
    assert "chỉ chỗ này" in words


def test_a_place_with_words_that_cannot_be_said_is_told_and_left_out(hall: Hall, writer: Browser) -> None:
    words = Page(writer.post(READ, text=TWICE, places=place("số 5")), READ).words
    assert "TDP → số 5: không dùng được" in words
    path = f"/office/ban-tin/{hall.bulletin(text=TWICE)}/sua"
    saved = writer.send(path, places=place("số 5"), then="save")
    assert "Đã bỏ cách đọc riêng “TDP” → số 5. Cách đọc có ký tự “5”" in writer.see(saved.location).words


def test_a_place_that_is_gone_is_told_and_left_out(hall: Hall, writer: Browser) -> None:
    changed = TWICE.replace("xong TDP", "rồi TDP")
    assert "văn bản không còn chỗ đó" in Page(writer.post(READ, text=changed, places=place()), READ).words
    path = f"/office/ban-tin/{hall.bulletin(text=TWICE)}/sua"
    saved = writer.send(path, text=changed, places=place(), then="save")
    assert "Đã bỏ cách đọc riêng “TDP” → tổ ta" in writer.see(saved.location).words
    with hall.house.database.reading() as session:
        assert session.scalars(select(Revision.places)).one() == []


def test_a_place_is_shown_before_it_is_corrected(writer: Browser) -> None:
    sent = {"written": "TDP", "spoken": "tổ ta", "scope": "place", "example": TWICE}
    words = Page(writer.post(LOOK, **sent, at=str(TWICE.rindex("TDP"))), LOOK).words
    assert "xong tổ ta về" in words
    assert words.count("tổ ta") == 1


def test_a_change_of_the_lexicon_is_not_heard_at_a_corrected_place(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved", text="TDP họp.")
    sent = {"written": "TDP", "spoken": "tổ tự quản", "scope": f"unit:{hall.unit_id('thanh-xuan')}"}
    assert "1 bản tin đã duyệt sẽ đọc khác" in Page(writer.post(LOOK, **sent), LOOK).words
    with hall.house.database.writing() as session:
        revision = session.scalars(select(Revision).where(Revision.bulletin_id == made)).one()
        revision.places = json.loads(place(before="", after="họp."))
    assert "Không bản tin đã duyệt nào đọc khác đi" in Page(writer.post(LOOK, **sent), LOOK).words


@pytest.mark.parametrize(
    "sent",
    [
        "[1]",
        "[{}]",
        "{}",
        place(written=5),
        place(before="a" * 49),
        place(nth="1"),
        place(nth=True),
        place(more=1),
        "[" + ",".join([place()[1:-1]] * 301) + "]",
    ],
)
def test_places_of_another_form_are_told(hall: Hall, writer: Browser, sent: str) -> None:
    path = f"/office/ban-tin/{hall.bulletin(text=TWICE)}/sua"
    assert writer.send(path, places=sent, then="save").status_code == 422
