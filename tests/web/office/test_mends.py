"""What two people at once, a lost file, a full day and an alarm show to a person."""

from __future__ import annotations

from sqlalchemy import select

from audio.models import JobState, RenderJob
from scheduler.alarms import raise_alarm
from scheduler.models.alarm import Alarm
from tests.factories import NOW
from tests.web.hall import Browser, Hall, Page, sound_hash


def test_nobody_writes_over_what_another_saved_meanwhile(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin()}/sua"
    opened = writer.see(path).form(path)
    writer.send(path, text="Bản của người thứ nhất.", then="save")
    second = {**opened.fields, "text": "Bản của người thứ hai.", "then": "save"}
    answer = writer.client.post(path, data=second)
    page = Page(answer, path)
    assert answer.status_code == 422
    assert "đã lưu bản khác" in page.error_of("text")
    assert page.form(path).fields["text"] == ["Bản của người thứ hai."]
    assert "Bản của người thứ nhất." in writer.see(path).words


def test_saving_again_knowingly_replaces_it(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin()}/sua"
    opened = writer.see(path).form(path)
    writer.send(path, text="Bản của người thứ nhất.", then="save")
    told = Page(writer.client.post(path, data={**opened.fields, "text": "Thứ hai.", "then": "save"}), path)
    again = writer.client.post(path, data={**told.form(path).fields, "then": "save"})
    assert again.status_code == 303
    assert "Thứ hai." in writer.see(path).words


def test_a_lost_clip_is_told_and_made_again(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    hall.house.library.open_clip(sound_hash()).unlink()
    assert "đã mất hoặc hỏng" in writer.see(page).words
    writer.send(page, f"{page}/nghe")
    with hall.house.database.reading() as session:
        newest = session.scalars(select(RenderJob).order_by(RenderJob.id.desc())).first()
    assert newest is not None
    assert newest.state == JobState.QUEUED


def test_an_order_that_finds_no_place_says_so(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}/lenh-phat"
    unit = str(hall.unit_id("ha-dinh"))
    answer = writer.send(page, units=[unit], times_per_day="6", weekdays=list("1234567"))
    words = writer.see(answer.location).words
    assert "lượt chưa có chỗ" in words


def test_an_alarm_is_shown_and_seen_to(hall: Hall, writer: Browser) -> None:
    with hall.house.database.writing() as session:
        alarm = raise_alarm(session, "fork", detail="chuỗi 7", now=NOW, station="ha-dinh-1")
    assert "Hai máy cùng mang danh một trạm" in writer.see("/office/").words
    answer = writer.send("/office/", f"/office/canh-bao/{alarm.id}/da-xem")
    with hall.house.database.reading() as session:
        assert session.get_one(Alarm, alarm.id).cleared_at is not None
    assert answer.status_code == 303
    assert "Hai máy cùng mang danh" not in writer.see("/office/").words


def test_an_alarm_of_another_ward_is_not_his(hall: Hall) -> None:
    with hall.house.database.writing() as session:
        alarm = raise_alarm(session, "fork", detail="chuỗi 7", now=NOW, station="ha-dinh-1")
    assert hall.browser("em").post(f"/office/canh-bao/{alarm.id}/da-xem").status_code == 403
