"""Writing: what is typed is kept or told, never half-stored; submitting, correcting, recalling."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from content.models.bulletin import Bulletin, Revision
from tests.web.hall import Browser, Hall, Page

NEW = "/office/ban-tin/moi"
TITLE, TEXT = (
    "Thu gom rác cồng kềnh",
    "Từ 7h30 ngày 25/11, phường thu gom rác.\nMời bà con mang ra điểm tập kết.",
)


def write(hall: Hall, browser: Browser, **changes: Any) -> TestResponse:
    given = {"unit": str(hall.unit_id("ha-dinh")), "programme": "05", "title": TITLE, "text": TEXT}
    return browser.send(NEW, **{**given, "then": "save", **changes})


def latest(hall: Hall, bulletin_id: int = 1) -> Revision:
    with hall.house.database.reading() as session:
        newest = select(Revision).where(Revision.bulletin_id == bulletin_id).order_by(Revision.number.desc())
        return session.scalars(newest.limit(1)).one()


def test_an_empty_page_is_ready_to_write_on(writer: Browser) -> None:
    fields = writer.see(NEW).form(NEW).fields
    assert (fields["valid_from"], fields["valid_to"]) == (["2026-11-23"], ["2026-11-29"])
    assert fields["level"] == ["normal"]


def test_a_programme_may_be_chosen_beforehand(writer: Browser) -> None:
    page = writer.see(f"{NEW}?chuong-trinh=03")
    assert page.form(f"{NEW}?chuong-trinh=03").fields["programme"] == ["03"]


def test_what_is_written_is_kept_as_a_draft(hall: Hall, writer: Browser) -> None:
    answer = write(hall, writer)
    assert (answer.status_code, answer.location) == (303, "/office/ban-tin/1")
    revision = latest(hall)
    assert (revision.state, revision.title, revision.text) == ("draft", TITLE, TEXT)
    assert "Đã lưu nháp." in writer.see("/office/ban-tin/1").words


def test_lines_end_as_browsers_send_them_and_are_kept_as_one(hall: Hall, writer: Browser) -> None:
    write(hall, writer, text="Một.\r\nHai.\r\n")
    assert latest(hall).text == "Một.\nHai."


def test_decomposed_vietnamese_is_stored_composed(hall: Hall, writer: Browser) -> None:
    write(hall, writer, title=unicodedata.normalize("NFD", TITLE), text=unicodedata.normalize("NFD", TEXT))
    assert (latest(hall).title, latest(hall).text) == (TITLE, TEXT)


def test_listening_asks_for_a_clip_submitting_does_too(hall: Hall, writer: Browser) -> None:
    write(hall, writer, then="listen")
    assert (latest(hall).state, hall.counts()["render_job"]) == ("draft", 1)
    write(hall, writer, then="submit", text="Một chuyện khác.")
    assert (latest(hall, 2).state, hall.counts()["render_job"]) == ("submitted", 2)


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"text": ""}, "text", "Văn bản đang để trống."),
    ({"text": " \r\n "}, "text", "Văn bản đang để trống."),
    ({"text": "a" * 50_000}, "text", "Văn bản dài 50000 ký tự; nhiều nhất 20000."),
    ({"text": "chuông \x07 kêu"}, "text", "Văn bản có ký tự điều khiển U+0007 ở vị trí 8"),
    ({"text": "a\x00b"}, "text", "U+0000"),
    ({"text": "... !!!", "then": "submit"}, "text", "Văn bản không có gì để đọc thành tiếng."),
    ({"title": ""}, "title", "Tiêu đề đang để trống."),
    ({"title": "t" * 201}, "title", "Tiêu đề dài 201 ký tự; nhiều nhất 200."),
    ({"title": "hai\u2028dòng"}, "title", "U+2028"),
    ({"valid_from": "23/11/2026"}, "valid_from", "Ngày đầu hiệu lực không phải một ngày."),
    ({"valid_from": ""}, "valid_from", "Ngày đầu hiệu lực không phải một ngày."),
    ({"valid_to": "2026-02-30"}, "valid_to", "Ngày cuối hiệu lực không phải một ngày."),
    ({"valid_to": "9999-12-31"}, "valid_to", "Ngày cuối hiệu lực không phải một ngày."),
    ({"valid_from": "0001-01-01"}, "valid_from", "Ngày đầu hiệu lực không phải một ngày."),
    ({"valid_to": "2026-11-22"}, "valid_to", "Ngày cuối hiệu lực sớm hơn ngày đầu."),
    ({"valid_to": "2028-11-22"}, "valid_to", "Hiệu lực dài quá một năm"),
    ({"valid_from": "2026-11-01", "valid_to": "2026-11-22", "then": "submit"}, "valid_to", "đã qua"),
    ({"programme": "77"}, "programme", "Hãy chọn một chương trình."),
    ({"programme": ""}, "programme", "Hãy chọn một chương trình."),
    ({"level": "highest"}, "level", "Hãy chọn mức của bản tin."),
    ({"unit": "phường"}, "unit", "Đơn vị không phải một số."),
    ({"unit": "4711"}, "unit", "Không có đơn vị đó."),
    ({"unit": "9" * 40}, "unit", "Đơn vị không phải một số."),
    ({"unit": ""}, "unit", "Đơn vị không phải một số."),
]


@pytest.mark.parametrize(("changes", "field", "told"), BAD)
def test_what_cannot_be_kept_is_told_beside_its_field_and_changes_nothing(
    hall: Hall, writer: Browser, changes: dict[str, str], field: str, told: str
) -> None:
    before = hall.counts()
    answer = write(hall, writer, **changes)
    assert answer.status_code == 422
    assert told in Page(answer, NEW).error_of(field)
    assert hall.counts() == before


@pytest.mark.parametrize(("changes", "field", "told"), BAD)
def test_a_correction_is_held_to_the_same(
    hall: Hall, writer: Browser, changes: dict[str, str], field: str, told: str
) -> None:
    made = hall.bulletin("submitted")
    before, path = hall.counts(), f"/office/ban-tin/{made}/sua"
    if field == "unit":
        assert "unit" not in writer.see(path).form(path).fields
        return
    answer = writer.send(path, **{"then": "save", **changes})
    assert told in Page(answer, path).error_of(field)
    assert (answer.status_code, hall.counts()) == (422, before)


def test_what_was_typed_stands_on_the_page_again(hall: Hall, writer: Browser) -> None:
    answer = write(hall, writer, valid_to="2026-11-22", title="Một & <hai>", level="priority")
    fields = Page(answer, NEW).form(NEW).fields
    assert (fields["title"], fields["level"], fields["programme"]) == (["Một & <hai>"], ["priority"], ["05"])
    assert fields["text"][0].splitlines() == TEXT.splitlines()


def test_every_mistake_is_linked_at_the_top(hall: Hall, writer: Browser) -> None:
    page = Page(write(hall, writer, title=""), NEW)
    assert page.links("//*[contains(@class, 'error-summary')]") == ["Tiêu đề đang để trống."]


def test_a_draft_is_corrected_in_place(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin()
    writer.send(f"/office/ban-tin/{made}/sua", text="Khác hẳn.", then="save")
    assert (latest(hall, made).number, latest(hall, made).text) == (1, "Khác hẳn.")


def test_a_correction_of_what_was_approved_voids_the_approval(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved")
    assert "cần duyệt lại" in writer.see(f"/office/ban-tin/{made}/sua").words
    writer.send(f"/office/ban-tin/{made}/sua", text="Khác hẳn.", then="save")
    assert (latest(hall, made).number, latest(hall, made).state) == (2, "draft")
    assert "Đặt lệnh phát" not in writer.see(f"/office/ban-tin/{made}").links("//main")


def test_a_draft_is_handed_to_the_leader(hall: Hall, writer: Browser, leader: Browser) -> None:
    made = hall.bulletin(title="Chuyện chờ duyệt")
    answer = writer.send(f"/office/ban-tin/{made}", f"/office/ban-tin/{made}/gui-duyet")
    assert answer.status_code == 303
    assert "Chuyện chờ duyệt" in leader.see("/office/cho-duyet").words


def test_submitting_twice_is_told(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("submitted")
    answer = writer.post(f"/office/ban-tin/{made}/gui-duyet")
    assert answer.status_code == 409
    assert "Bản tin đã được người khác thay đổi" in Page(answer, "/").words


def test_a_recall_ends_the_bulletin_and_says_why(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved")
    page = f"/office/ban-tin/{made}"
    assert writer.send(page, f"{page}/thu-hoi", reason="Lịch đã đổi.").status_code == 303
    with hall.house.database.reading() as session:
        assert session.scalars(select(Bulletin)).one().recall_reason == "Lịch đã đổi."
    assert "Đã thu hồi: Lịch đã đổi." in writer.see(page).words
    assert hall.audited()[-1] == "bulletin.recall"


@pytest.mark.parametrize(
    ("reason", "told"), [("", "đang để trống"), ("x" * 1001, "dài 1001"), ("\x07", "U+0007")]
)
def test_a_recall_needs_a_reason(hall: Hall, writer: Browser, reason: str, told: str) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    before = hall.counts()
    answer = writer.send(page, f"{page}/thu-hoi", reason=reason)
    assert told in Page(answer, page).error_of("recall-reason")
    assert (answer.status_code, hall.counts()) == (422, before)


def test_a_refused_recall_stands_open_as_it_was_typed(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    told = Page(writer.send(page, f"{page}/thu-hoi", reason="x" * 1001), page)
    assert told.form(f"{page}/thu-hoi").fields["reason"] == ["x" * 1001]
    assert told.is_open("recall-reason")
    assert not writer.see(page).is_open("recall-reason")


@pytest.mark.parametrize("step", ["sua", "gui-duyet", "thu-hoi"])
def test_what_was_recalled_stays_so(hall: Hall, writer: Browser, step: str) -> None:
    page = f"/office/ban-tin/{hall.bulletin()}"
    writer.send(page, f"{page}/thu-hoi", reason="Nhầm.")
    more = {"programme": "05", "level": "normal", "title": "t", "text": "x", "reason": "Lại nhầm."}
    answer = writer.post(f"{page}/{step}", **more, valid_from="2026-11-23", valid_to="2026-11-24")
    assert answer.status_code == 409
    assert "Bản tin này đã bị thu hồi." in Page(answer, page).words


def test_the_page_tells_the_whole_story(hall: Hall, writer: Browser) -> None:
    words = writer.see(f"/office/ban-tin/{hall.bulletin('approved')}").words
    assert words.index("soạn bản tin") < words.index("gửi duyệt") < words.index("đã nghe và duyệt")


@pytest.mark.parametrize(
    ("state", "seen", "hidden"), [("draft", "Một nháp", "Một duyệt"), ("approved", "Một duyệt", "Một nháp")]
)
def test_the_list_is_filtered_by_state(
    hall: Hall, writer: Browser, state: str, seen: str, hidden: str
) -> None:
    hall.bulletin("draft", title="Một nháp")
    hall.bulletin("approved", title="Một duyệt")
    words = writer.see(f"/office/ban-tin?trang-thai={state}").words
    assert seen in words
    assert hidden not in words


def test_a_long_list_goes_on(hall: Hall, writer: Browser) -> None:
    for n in range(51):
        hall.bulletin(title=f"Chuyện {n:02}.")
    first, rest = writer.see("/office/ban-tin"), writer.see("/office/ban-tin?truoc=2")
    assert "Cũ hơn" in first.links("//main")
    assert "Chuyện 00." not in first.words
    assert "Chuyện 00." in rest.words


def test_the_reading_shows_what_will_be_said(writer: Browser) -> None:
    answer = writer.post("/office/doc-thu", text="Họp lúc 7h30 tại UBND phường.")
    page = Page(answer, "/office/doc-thu")
    assert answer.status_code == 200
    assert "bảy giờ ba mươi" in page.words
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Gõ văn bản vào ô bên"), ("a " * 10_001, "Văn bản dài 20002 ký tự"), ("<b>x</b>\x07\x00", "ích")],
)
def test_the_reading_takes_any_text(writer: Browser, text: str, told: str) -> None:
    answer = writer.post("/office/doc-thu", text=text)
    assert answer.status_code == 200
    assert told in Page(answer, "/office/doc-thu").words
