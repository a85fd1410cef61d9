"""The lexicon's room: who may change what, what is shown before saving, what an approval keeps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from audio.models import LexiconEntry
from audio.reading import Lexicon
from audio.reading.rules import RULES
from content.models.bulletin import Approval, Revision
from tests.web.hall import Browser, Hall, Page
from web import reading_words

LIST, EDIT, LOOK, READ = (
    "/office/tu-dien",
    "/office/tu-dien/sua",
    "/office/tu-dien/xem-truoc",
    "/office/doc-thu",
)
TEXT = "TDP 5 họp tại nhà văn hóa."


@pytest.fixture
def admin(hall: Hall) -> Browser:
    """Return the browser of who administers the whole city."""
    return hall.browser("quan")


def scope(hall: Hall, slug: str = "thanh-xuan") -> str:
    return f"unit:{hall.unit_id(slug)}"


def put(hall: Hall, browser: Browser, **changes: Any) -> TestResponse:
    given = {"written": "TDP", "spoken": "tổ tự quản", "scope": scope(hall), **changes}
    return browser.post(EDIT, **given)


def entries(hall: Hall) -> list[LexiconEntry]:
    with hall.house.database.reading() as session:
        return list(session.scalars(select(LexiconEntry).order_by(LexiconEntry.id)))


def kept(hall: Hall) -> list[tuple[Any, ...]]:
    """Return everything that an approval binds, and the words of its revision."""
    with hall.house.database.reading() as session:
        approvals = session.scalars(select(Approval))
        columns = [column.key for column in Approval.__table__.columns]
        return [(*(getattr(a, name) for name in columns), a.revision.spoken) for a in approvals]


def test_an_entry_is_added_and_read(hall: Hall, writer: Browser) -> None:
    answer = put(hall, writer, note="cách gọi mới")
    assert (answer.status_code, answer.location) == (303, f"{LIST}/1")
    said = writer.post(READ, text=TEXT, unit=str(hall.unit_id("ha-dinh")), programme="05").text
    assert "tổ tự quản" in said
    assert "từ điển của đơn vị" in said
    assert hall.audited()[-1] == "lexicon.save"


def test_another_unit_reads_as_before(hall: Hall, writer: Browser) -> None:
    put(hall, writer)
    said = writer.post(READ, text=TEXT, unit=str(hall.unit_id("dinh-cong")), programme="05").text
    assert "tổ dân phố" in said


def test_a_change_keeps_the_older_row(hall: Hall, writer: Browser) -> None:
    put(hall, writer)
    answer = writer.send(f"{EDIT}?written=TDP&scope={scope(hall)}&spoken=tổ", EDIT, spoken="tổ liên gia")
    assert answer.status_code == 303
    assert [(row.spoken, row.ended_at is None) for row in entries(hall)] == [
        ("tổ tự quản", False),
        ("tổ liên gia", True),
    ]
    assert "tổ tự quản" in writer.see(f"{LIST}/2").words


def test_who_saw_an_older_entry_is_told(hall: Hall, writer: Browser) -> None:
    put(hall, writer)
    assert put(hall, writer, spoken="tổ khác").status_code == 409
    assert len(entries(hall)) == 1


def test_an_entry_is_ended(hall: Hall, writer: Browser) -> None:
    put(hall, writer)
    answer = writer.send(f"{LIST}/1", f"{LIST}/1/bo")
    assert (answer.status_code, entries(hall)[0].ended_at is None) == (303, False)
    said = writer.post(READ, text=TEXT, unit=str(hall.unit_id("ha-dinh"))).text
    assert "tổ dân phố" in said
    assert hall.audited()[-1] == "lexicon.end"


def test_approved_bulletins_that_would_differ_are_shown_before_saving(hall: Hall, writer: Browser) -> None:
    hall.bulletin("approved", text=TEXT, title="Họp tổ")
    hall.bulletin("approved", title="Thu gom rác")
    answer = put(hall, writer)
    words = Page(answer, EDIT).words
    assert (answer.status_code, entries(hall)) == (422, [])
    assert "1 bản tin đã duyệt sẽ đọc khác" in words
    assert "tổ dân phố năm họp" in words
    assert "tổ tự quản năm họp" in words


def test_what_was_seen_may_be_saved(hall: Hall, writer: Browser) -> None:
    hall.bulletin("approved", text=TEXT)
    fields = Page(put(hall, writer), EDIT).form(EDIT).fields
    answer = writer.client.post(EDIT, data=fields)
    assert (answer.status_code, fields["seen"], len(entries(hall))) == (303, ["1"], 1)


def test_a_change_never_alters_what_was_approved(hall: Hall, writer: Browser, admin: Browser) -> None:
    bulletin = hall.bulletin("approved", text=TEXT)
    before, clips = kept(hall), hall.counts()["clip"]
    put(hall, writer, seen="1")
    put(hall, admin, scope="everywhere", written="họp", spoken="hội họp", seen="1", common="họp")
    put(hall, admin, scope="programme:05", written="5", spoken="số năm", seen="1")
    writer.send(f"{LIST}/1", f"{LIST}/1/bo")
    writer.see(f"/office/ban-tin/{bulletin}")
    assert len(entries(hall)) == 3
    assert (kept(hall), hall.counts()["clip"]) == (before, clips)


@pytest.mark.parametrize("state", ["draft", "submitted", "rendered"])
def test_only_approved_bulletins_are_asked_about(hall: Hall, writer: Browser, state: str) -> None:
    hall.bulletin(state, text=TEXT)
    assert put(hall, writer).status_code == 303


@pytest.mark.parametrize(
    ("wide", "count"), [("everywhere", 2), ("programme:05", 1), ("programme:06", 1), ("programme:07", 0)]
)
def test_a_scope_bounds_what_would_differ(hall: Hall, admin: Browser, wide: str, count: int) -> None:
    hall.bulletin("approved", text=TEXT)
    hall.bulletin("approved", text=TEXT, code="06", title="Chuyện khác")
    words = Page(admin.post(LOOK, written="TDP", spoken="tổ", scope=wide), LOOK).words
    told = f"{count} bản tin đã duyệt" if count else "Không bản tin đã duyệt nào"
    assert told in words


@pytest.mark.parametrize(
    ("login", "where", "status"),
    [
        ("an", "thanh-xuan", 303),
        ("an", "ha-dinh", 303),
        ("an", "dinh-cong", 403),
        ("an", "ha-noi", 403),
        ("bich", "dinh-cong", 303),
        ("bich", "ha-dinh", 403),
        ("lan", "thanh-xuan", 403),
        ("oanh", "ha-dinh", 403),
        ("em", "thanh-xuan", 403),
        ("quan", "ha-dinh", 303),
    ],
)
def test_a_unit_is_changed_by_its_office(hall: Hall, login: str, where: str, status: int) -> None:
    assert put(hall, hall.browser(login), scope=scope(hall, where)).status_code == status


@pytest.mark.parametrize("wide", ["everywhere", "programme:05"])
@pytest.mark.parametrize(("login", "status"), [("an", 403), ("lan", 403), ("quan", 303)])
def test_what_holds_widely_is_changed_by_the_administrator(
    hall: Hall, wide: str, login: str, status: int
) -> None:
    assert put(hall, hall.browser(login), scope=wide).status_code == status


def test_an_entry_of_others_is_not_ended(hall: Hall, admin: Browser, writer: Browser) -> None:
    put(hall, admin, scope="everywhere")
    assert writer.post(f"{LIST}/1/bo").status_code == 403


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"written": ""}, "Chữ viết đang để trống."),
        ({"written": "..."}, "phải bắt đầu bằng"),
        ({"spoken": "số 5"}, "Cách đọc có ký tự “5”"),
        ({"spoken": ""}, "Cách đọc đang để trống."),
        ({"scope": "unit:99999"}, "Hãy chọn phạm vi"),
        ({"scope": "unit:x"}, "Hãy chọn phạm vi"),
        ({"scope": "programme:77"}, "Hãy chọn phạm vi"),
        ({"scope": ""}, "Hãy chọn phạm vi"),
        ({"note": "a" * 301}, "Ghi chú dài 301 ký tự; nhiều nhất 300. Hãy rút gọn."),
        ({"written": "B" * 81}, "Chữ viết dài 81 ký tự; nhiều nhất 80. Hãy rút gọn."),
        ({"written": "\u200b"}, "phải bắt đầu bằng"),
        ({"written": "xã"}, "“xã” là từ thường dùng"),
        ({"written": "xã", "common": "họp"}, "“xã” là từ thường dùng"),
        ({"seen": "x"}, "có giá trị lạ"),
        ({"replaces": "x"}, "không phải một số"),
    ],
)
def test_what_cannot_be_kept_is_told(hall: Hall, writer: Browser, changes: dict[str, str], told: str) -> None:
    answer = put(hall, writer, **changes)
    assert (answer.status_code, entries(hall)) == (422, [])
    assert told in Page(answer, EDIT).words


def test_an_everyday_word_is_asked_about_first(hall: Hall, writer: Browser) -> None:
    look = {"written": "xã", "spoken": "thị trấn", "scope": scope(hall)}
    words = Page(writer.post(LOOK, **look), LOOK).words
    assert "“xã” là từ thường dùng" in words
    assert put(hall, writer, **look, common="xã").status_code == 303


def test_invisible_signs_are_no_part_of_a_form(hall: Hall, writer: Browser) -> None:
    put(hall, writer, written="UBND\u200b", spoken="ủy ban ta")
    assert entries(hall)[0].written == "UBND"
    assert "ủy ban ta" in writer.post(READ, text="UBND họp", unit=str(hall.unit_id("ha-dinh"))).text


def test_what_stands_only_in_a_title_is_told_to_be_unsaid(hall: Hall, writer: Browser) -> None:
    hall.bulletin("approved", title="TDP họp", text="Mời bà con.")
    words = Page(writer.post(LOOK, written="TDP", spoken="tổ ta", scope=scope(hall)), LOOK).words
    assert "tiêu đề không đọc lên loa" in words


@pytest.mark.parametrize(("source", "seen"), [("", True), ("ours", True), ("shipped", False)])
def test_what_the_office_keeps_is_set_apart(hall: Hall, writer: Browser, source: str, seen: bool) -> None:
    put(hall, writer)
    page = writer.see(f"{LIST}?pham-vi={source}")
    assert ("tổ tự quản" in page.words, "Đơn vị tự thêm 1" in page.words) == (seen, True)


def test_an_office_without_entries_of_its_own_is_told(writer: Browser) -> None:
    assert "Đơn vị chưa thêm mục nào" in writer.see(f"{LIST}?pham-vi=ours").words


def test_the_list_is_searched_with_or_without_marks(hall: Hall, writer: Browser) -> None:
    put(hall, writer)
    for wanted in ("TDP", "tu quan", "Tự quản"):
        assert "tổ tự quản" in writer.see(f"{LIST}?tim={wanted}").words
    assert "Không có mục nào" in writer.see(f"{LIST}?tim=khongcogi").words


def test_the_list_is_filtered_by_scope(hall: Hall, writer: Browser) -> None:
    put(hall, writer)
    assert "1 mục" in writer.see(f"{LIST}?pham-vi={scope(hall)}").words
    assert "tổ tự quản" not in writer.see(f"{LIST}?pham-vi=shipped").words
    assert "UBND" in writer.see(f"{LIST}?pham-vi=shipped&tim=UBND").words


def test_a_long_list_goes_on(writer: Browser) -> None:
    assert "Trang 2 trong" in writer.see(f"{LIST}?trang=2").words


def test_who_has_no_use_for_it_does_not_enter(hall: Hall) -> None:
    assert hall.browser("oanh").get(LIST).status_code == 403


CORRECTED = '[["TDP","tổ ta"],["5","số năm"]]'


def test_a_correction_holds_for_one_bulletin(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin(text=TEXT)
    path = f"/office/ban-tin/{made}/sua"
    writer.send(path, corrections=CORRECTED, then="save")
    with hall.house.database.reading() as session:
        revision = session.scalars(select(Revision)).one()
    assert revision.spoken == "tổ ta số năm họp tại nhà văn hóa."
    assert revision.corrections == {"TDP": "tổ ta", "5": "số năm"}
    assert revision.lexicon_version == Lexicon.shipped().version
    assert "TDP → tổ ta" in writer.see(f"/office/ban-tin/{made}").words


def test_a_correction_is_shown_and_removed(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin(text=TEXT)}/sua"
    writer.send(path, corrections=CORRECTED, then="save")
    assert "viết là TDP, cách đọc riêng của bản tin này" in writer.get(path).text
    writer.send(path, corrections="[]", then="save")
    with hall.house.database.reading() as session:
        assert session.scalars(select(Revision.spoken)).one().startswith("tổ dân phố năm")


def test_a_revision_names_the_version_of_its_lexicon(hall: Hall, writer: Browser) -> None:
    put(hall, writer)
    writer.send(f"/office/ban-tin/{hall.bulletin(text=TEXT)}/sua", then="save")
    with hall.house.database.reading() as session:
        revision = session.scalars(select(Revision)).one()
    assert revision.spoken.startswith("tổ tự quản")
    assert revision.lexicon_version == Lexicon.shipped().extended({"TDP": "tổ tự quản"}).version


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("x", 400),
        ("1.5", 400),
        ("{}", 422),
        ("[1]", 422),
        ('[["TT"]]', 422),
        ('[["TT",5]]', 422),
        ("[" + ",".join(f'["a{n}","b"]' for n in range(301)) + "]", 422),
        ("[]", 303),
    ],
)
def test_answers_of_another_form_are_told(hall: Hall, writer: Browser, sent: str, status: int) -> None:
    path = f"/office/ban-tin/{hall.bulletin(text=TEXT)}/sua"
    assert writer.send(path, corrections=sent, then="save").status_code == status


def test_only_the_answer_that_cannot_be_said_is_left_out(hall: Hall, writer: Browser) -> None:
    sent = '[["TDP","tổ ta"],["XQZ","12%"]]'
    words = Page(writer.post(READ, text="TDP họp. XQZ.", corrections=sent), READ).words
    assert "tổ ta họp" in words
    assert "TDP → tổ ta" in words
    assert "XQZ → 12%: không dùng được. Cách đọc có ký tự “1”" in words


@pytest.mark.parametrize("then", ["save", "submit"])
def test_an_answer_left_out_is_told_when_it_is_saved(hall: Hall, writer: Browser, then: str) -> None:
    path = f"/office/ban-tin/{hall.bulletin(text=TEXT)}/sua"
    saved = writer.send(path, corrections='[["TDP","tổ ta"],["5","12%"]]', then=then)
    words = writer.see(saved.location).words
    assert "Đã bỏ cách đọc riêng “5” → 12%. Cách đọc có ký tự “1”" in words
    with hall.house.database.reading() as session:
        assert session.scalars(select(Revision)).one().corrections == {"TDP": "tổ ta"}


def test_an_answer_left_out_can_be_taken_away(writer: Browser) -> None:
    answer = writer.post(READ, text="XQZ họp.", corrections='[["XQZ","12%"]]')
    assert 'data-uncorrect="XQZ"' in answer.text


@pytest.mark.parametrize("first", ["", "Mời họp. TT nghỉ. "])
def test_a_question_keeps_its_name_wherever_it_stands(writer: Browser, first: str) -> None:
    fields = re.compile('id="(ask-unknown_abbreviation-[0-9a-f]{12}-1)"')
    alone = fields.findall(writer.post(READ, text="ABX họp.").text)
    both = fields.findall(writer.post(READ, text=f"{first}XQZ họp và ABX họp.").text)
    assert (len(alone), len(both), both[1]) == (1, 2, alone[0])


def test_pauses_are_no_stops_and_not_counted(writer: Browser) -> None:
    answer = writer.post(READ, text='Mời bà con. - Chiều nay? Họp (rất) gọn; "nhé" … lúc 7h30.')
    assert "1 chỗ được đổi khi đọc" in Page(answer, READ).words
    assert answer.text.count('tabindex="0"') == 1


@pytest.mark.parametrize(
    ("text", "shown"), [("Họp 😀 lúc", "😀"), ("Họp \x00\ufffd lúc", "\ufffd"), ("漢字 họp lúc", "漢字")]
)
def test_what_is_left_out_is_drawn_and_no_word_of_the_page(writer: Browser, text: str, shown: str) -> None:
    answer = writer.post(READ, text=text).text
    words = re.sub("<[^>]*>", "", re.findall(r'<div class="spoken-words">.*?</div>', answer, re.DOTALL)[0])
    assert ("  ".join(words.lower().split()), f'data-written="{shown}"' in answer) == ("họp  lúc", True)


def test_an_unknown_abbreviation_may_go_to_the_lexicon(writer: Browser) -> None:
    answer = writer.post(READ, text="Mời XQZ họp.")
    assert 'data-to-lexicon="4"' in answer.text


PRIVATE = "Liên hệ ông A, CCCD số 001085012345."
OPEN = "Bản tin còn chỗ có thể là dữ liệu cá nhân"


def test_open_personal_data_stands_on_the_approvers_page(hall: Hall, leader: Browser) -> None:
    page = leader.see(f"/office/ban-tin/{hall.bulletin('rendered', text=PRIVATE)}")
    assert OPEN in page.words


def test_personal_data_marked_as_meant_is_no_warning_any_more(
    hall: Hall, writer: Browser, leader: Browser
) -> None:
    made = hall.bulletin(text=PRIVATE)
    writer.send(f"/office/ban-tin/{made}/sua", meant='["001085012345"]', then="submit")
    words = leader.see(f"/office/ban-tin/{made}").words
    assert OPEN not in words
    assert "Người soạn xác nhận giữ nguyên: 001085012345" in words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("TT họp.", "có nhiều cách đọc; chọn một"),
        ("XQZT họp.", "loa nên đọc thế nào"),
        ("Phường phân đấu.", "Thay bằng “phấn đấu”"),
        (PRIVATE, "Cần đọc, giữ nguyên"),
    ],
)
def test_every_warning_has_its_answers(writer: Browser, text: str, told: str) -> None:
    assert told in Page(writer.post(READ, text=text), READ).words


@pytest.mark.parametrize(("written", "text"), [("TT", "TT họp."), ("XQZT", "XQZT họp.")])
def test_an_answer_settles_its_warning(writer: Browser, written: str, text: str) -> None:
    answer = writer.post(READ, text=text, corrections=f'[["{written}","trung tâm"]]')
    words = Page(answer, READ).words
    assert "trung tâm" in words
    assert "chỗ cần xem" not in words


def test_what_is_typed_is_never_markup(writer: Browser) -> None:
    hostile = '"><script>alert(1)</script>'
    answer = writer.post(READ, text=f"TT {hostile}", meant='["<b>x</b>"]')
    assert "<script>" not in answer.text
    assert "<b>x</b>" not in answer.text


def test_every_rule_is_told_in_words() -> None:
    assert {rule.name for rule in RULES} - reading_words.RULES.keys() == set()


def test_a_preview_does_not_wait_for_who_writes(hall: Hall, writer: Browser) -> None:
    token = writer.token()
    sent = {"csrf_token": token, "written": "TDP", "spoken": "tổ", "scope": scope(hall)}
    before = hall.counts()
    assert writer.client.post(LOOK, data=sent).status_code == 200
    assert hall.counts() == before
