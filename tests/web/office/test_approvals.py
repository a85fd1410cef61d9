"""Deciding: only what was heard, only that very clip, by other hands than the writer's."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from content.models.bulletin import Approval, Revision
from content.models.people import Grant, Role
from content.models.unit import Unit
from content.people import by_login
from tests.web.hall import CLIP_MS, SOUND, Browser, Hall, Page, sound_hash


def states(hall: Hall) -> list[str]:
    with hall.house.database.reading() as session:
        return list(session.scalars(select(Revision.state).order_by(Revision.id)))


def approve(browser: Browser, made: int, **changes: str) -> str:
    """Send the form that approves, as after a full hearing; return what the page then says."""
    page = f"/office/ban-tin/{made}"
    answer = browser.send(f"{page}/ban-thu", f"{page}/duyet", **{"heard_ms": str(CLIP_MS), **changes})
    return browser.see(page).words if answer.status_code == 303 else Page(answer, page).words


def test_what_waits_is_listed_with_its_clip(hall: Hall, leader: Browser) -> None:
    hall.bulletin("rendered", title="Đã có tiếng rồi")
    words = leader.see("/office/cho-duyet").words
    assert "Đã có tiếng rồi" in words
    assert "0:06" in words
    assert "bản tin chờ bạn duyệt" in leader.see("/office/").words


def test_the_list_tells_the_voice_that_spoke_instead_and_what_has_no_sound(
    hall: Hall, leader: Browser
) -> None:
    hall.bulletin("rendered", title="Giọng thay")
    hall.bulletin("submitted", title="Chưa dựng", text="Chưa ai dựng.")
    words = leader.see("/office/cho-duyet").words
    assert "Đã có tiếng 0:06 Giọng dự phòng: eSpeak NG" in words
    assert "Chưa dựng Hiệu lực 23/11 – 30/11 Người soạn Phòng văn hóa Thanh Xuân" in words
    assert "Chưa có bản thu" in words


def test_the_list_tells_a_clip_that_is_lost(hall: Hall, leader: Browser) -> None:
    hall.bulletin("rendered")
    hall.house.library.path(sound_hash()).unlink()
    assert "Lỗi dựng tiếng mất hoặc hỏng tệp" in leader.see("/office/cho-duyet").words


def test_a_leader_hears_and_approves(hall: Hall, leader: Browser) -> None:
    made = hall.bulletin("rendered")
    assert "Đã duyệt. Bản tin sẵn sàng" in approve(leader, made)
    with hall.house.database.reading() as session:
        approval = session.scalars(select(Approval)).one()
    assert (approval.clip_sha256, approval.heard_ms) == (sound_hash(), CLIP_MS)
    assert states(hall) == ["approved"]


def test_the_button_names_the_clip_that_sounds_there(hall: Hall, leader: Browser) -> None:
    made = hall.bulletin("rendered")
    form = leader.see(f"/office/ban-tin/{made}").form(f"/office/ban-tin/{made}/duyet")
    assert form.fields["clip_sha256"] == [sound_hash()]
    assert form.fields["heard_ms"] == ["0"]
    assert form.buttons == ("Duyệt đúng bản thu này",)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"heard_ms": "0"}, "Hãy nghe hết bản thu trước khi duyệt."),
        ({"heard_ms": str(CLIP_MS * 89 // 100)}, "Hãy nghe hết bản thu trước khi duyệt."),
        ({"heard_ms": "đủ rồi"}, "Thời gian đã nghe không phải một số."),
        ({"heard_ms": ""}, "Thời gian đã nghe không phải một số."),
        ({"clip_sha256": "a" * 64}, "Bản thu đã đổi sau khi bạn nghe"),
        ({"clip_sha256": ""}, "Bản thu đã đổi sau khi bạn nghe"),
    ],
)
def test_what_was_not_heard_as_it_sounds_is_not_approved(
    hall: Hall, leader: Browser, changes: dict[str, str], told: str
) -> None:
    made = hall.bulletin("rendered")
    before = hall.counts()
    assert told in approve(leader, made, **changes)
    assert (states(hall), hall.counts()) == (["submitted"], before)


def test_a_clip_that_is_not_made_yet_cannot_be_approved(hall: Hall, leader: Browser) -> None:
    made = hall.bulletin("submitted")
    answer = leader.post(f"/office/ban-tin/{made}/duyet", heard_ms=str(CLIP_MS), clip_sha256=sound_hash())
    assert answer.status_code == 409
    assert "Bản thu chưa xong" in Page(answer, "/").words


@pytest.mark.parametrize("left", [None, SOUND[:-1] + b"?"])
def test_a_clip_that_is_lost_or_damaged_is_not_approved(
    hall: Hall, leader: Browser, left: bytes | None
) -> None:
    made, path = hall.bulletin("rendered"), hall.house.library.path(sound_hash())
    path.unlink() if left is None else path.write_bytes(left)
    answer = leader.post(f"/office/ban-tin/{made}/duyet", heard_ms=str(CLIP_MS), clip_sha256=sound_hash())
    assert answer.location == f"/office/ban-tin/{made}#ban-thu"
    told = leader.see(f"/office/ban-tin/{made}")
    assert "mất hoặc hỏng trên đĩa nên chưa duyệt được" in told.words
    assert (states(hall), hall.counts()["approval"]) == (["submitted"], 0)
    assert told.form(f"/office/ban-tin/{made}/nghe").buttons == ("Dựng lại bản thu",)


def test_a_clip_that_is_being_made_again_is_not_approved(hall: Hall, leader: Browser) -> None:
    made = hall.bulletin("rendered")
    hall.house.library.path(sound_hash()).unlink()
    leader.post(f"/office/ban-tin/{made}/nghe")
    answer = leader.post(f"/office/ban-tin/{made}/duyet", heard_ms=str(CLIP_MS), clip_sha256=sound_hash())
    assert (answer.status_code, states(hall)) == (409, ["submitted"])


def test_approving_twice_is_told(hall: Hall, leader: Browser) -> None:
    made = hall.bulletin("approved")
    answer = leader.post(f"/office/ban-tin/{made}/duyet", heard_ms=str(CLIP_MS), clip_sha256=sound_hash())
    assert answer.status_code == 409
    assert hall.counts()["approval"] == 1


def also_leader(hall: Hall, login: str) -> Browser:
    with hall.house.database.writing() as session:
        unit = session.scalars(select(Unit).where(Unit.slug == "thanh-xuan")).one()
        person = by_login(session, login)
        person.grants.append(Grant(role=Role.APPROVER, unit_id=unit.id))
    return hall.browser(login)


def test_who_wrote_it_has_no_button_and_is_refused(hall: Hall) -> None:
    made, author = hall.bulletin("rendered"), also_leader(hall, "an")
    page = author.see(f"/office/ban-tin/{made}")
    assert "người khác phải duyệt" in page.words
    assert f"/office/ban-tin/{made}/duyet" not in {form.action for form in page.forms}
    answer = author.post(f"/office/ban-tin/{made}/duyet", heard_ms=str(CLIP_MS), clip_sha256=sound_hash())
    assert (answer.status_code, states(hall)) == (403, ["submitted"])


def test_a_unit_may_let_its_people_approve_their_own_work(hall: Hall) -> None:
    made, author = hall.bulletin("rendered"), also_leader(hall, "an")
    with hall.house.database.writing() as session:
        session.scalars(select(Unit).where(Unit.slug == "ha-dinh")).one().self_approval = True
    assert "Đã duyệt" in approve(author, made)


def test_sending_back_keeps_the_reason_for_the_writer(hall: Hall, leader: Browser, writer: Browser) -> None:
    made = hall.bulletin("rendered")
    page = f"/office/ban-tin/{made}"
    leader.send(page, f"{page}/tra-lai", reason="Thiếu địa điểm.")
    assert states(hall) == ["returned"]
    assert "Bị trả lại: Thiếu địa điểm." in writer.see(page).words


@pytest.mark.parametrize(
    ("reason", "told"), [("", "Lý do trả lại đang để trống."), ("x" * 1001, "dài 1001 ký tự")]
)
def test_sending_back_needs_a_reason(hall: Hall, leader: Browser, reason: str, told: str) -> None:
    page = f"/office/ban-tin/{hall.bulletin('rendered')}"
    answer = leader.send(page, f"{page}/tra-lai", reason=reason)
    assert answer.status_code == 422
    assert told in Page(answer, page).error_of("return-reason")
    assert states(hall) == ["submitted"]


def test_a_refused_reason_stands_open_as_it_was_typed(hall: Hall, leader: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('rendered')}"
    told = Page(leader.send(page, f"{page}/tra-lai", reason="x" * 1001), page)
    assert told.form(f"{page}/tra-lai").fields["reason"] == ["x" * 1001]
    assert told.is_open("return-reason")
    assert not leader.see(page).is_open("return-reason")
