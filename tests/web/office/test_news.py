"""Posting approved bulletins as articles, and taking them off the site."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from content.models.news import NewsItem
from tests.web.hall import Browser, Hall, Page

WANTED = "/office/tin-bai"


@pytest.fixture
def editor(hall: Hall) -> Browser:
    return hall.browser("em")


def item(hall: Hall) -> NewsItem:
    with hall.house.database.reading() as session:
        return session.scalars(select(NewsItem)).one()


def test_what_was_approved_waits_to_be_posted(hall: Hall, editor: Browser) -> None:
    hall.bulletin("approved", title="Chờ lên trang")
    hall.bulletin("submitted", title="Chưa duyệt")
    words = editor.see(WANTED).words
    assert "Chờ lên trang" in words
    assert "Chưa duyệt" not in words


def test_the_first_sentence_is_proposed(hall: Hall, editor: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved', text='Câu đầu. Câu sau.')}/dang-tin"
    assert editor.see(path).form(path).fields["summary"] == ["Câu đầu."]


def test_a_long_first_sentence_is_cut_at_a_word(hall: Hall, editor: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved', text='chữ ' * 200)}/dang-tin"
    summary = editor.see(path).form(path).fields["summary"][0]
    assert len(summary) <= 300
    assert summary.endswith(" chữ…")


def test_an_article_is_on_the_site_at_once(hall: Hall, editor: Browser, stranger: Browser) -> None:
    answer = editor.send(f"/office/ban-tin/{hall.bulletin('approved')}/dang-tin")
    assert (answer.status_code, answer.location) == (303, WANTED)
    assert "Phường thu gom rác thải cồng kềnh." in stranger.see(f"/tin/{item(hall).slug}").words
    assert "Đang đăng" in editor.see(WANTED).words


def test_an_article_may_wait_for_its_time(hall: Hall, editor: Browser, stranger: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved')}/dang-tin"
    editor.send(path, publish_at="2026-11-24T06:00", expire_at="2026-11-25T06:00")
    assert item(hall).publish_at == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert "Hẹn đăng" in editor.see(WANTED).words
    assert stranger.get(f"/tin/{item(hall).slug}").status_code == 404
    hall.clock.advance(23 * 3600)
    assert stranger.get(f"/tin/{item(hall).slug}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"summary": ""}, "summary", "Tóm tắt đang để trống."),
        ({"summary": "x" * 301}, "summary", "Tóm tắt dài 301 ký tự; nhiều nhất 300."),
        ({"summary": "\x1b[2J"}, "summary", "U+001B"),
        ({"publish_at": "mai"}, "publish_at", "Thời điểm đăng không phải một thời điểm."),
        ({"publish_at": "0001-01-01T00:00"}, "publish_at", "Thời điểm đăng không phải một thời điểm."),
        ({"publish_at": "2026-11-24T06:00+00:00"}, "publish_at", "không phải một thời điểm."),
        ({"expire_at": "9999-12-31T23:59"}, "expire_at", "Thời điểm gỡ không phải một thời điểm."),
        ({"expire_at": "2026-11-23T07:59"}, "expire_at", "Thời điểm gỡ phải sau thời điểm đăng."),
    ],
)
def test_what_cannot_be_posted_is_told_beside_its_field(
    hall: Hall, editor: Browser, changes: dict[str, str], field: str, told: str
) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved')}/dang-tin"
    before = hall.counts()
    answer = editor.send(path, **changes)
    assert told in Page(answer, path).error_of(field)
    assert Page(answer, path).form(path).fields[field] == list(changes.values())
    assert (answer.status_code, hall.counts()) == (422, before)


@pytest.mark.parametrize("state", ["draft", "rendered"])
def test_only_what_was_approved_is_posted(hall: Hall, editor: Browser, state: str) -> None:
    path = f"/office/ban-tin/{hall.bulletin(state)}/dang-tin"
    assert [editor.get(path).status_code, editor.post(path, summary="x").status_code] == [409, 409]
    assert hall.counts()["news_item"] == 0


def test_an_article_is_posted_once(hall: Hall, editor: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved')}/dang-tin"
    editor.send(path)
    answer = editor.send(path)
    assert answer.status_code == 409
    assert "đã được đăng" in Page(answer, path).words


def test_an_article_is_taken_off_once(hall: Hall, editor: Browser, stranger: Browser) -> None:
    editor.send(f"/office/ban-tin/{hall.bulletin('approved')}/dang-tin")
    gone = "/office/tin-bai/1/go"
    assert editor.send(WANTED, gone).status_code == 303
    assert stranger.get(f"/tin/{item(hall).slug}").status_code == 404
    assert "Hết hạn" in editor.see(WANTED).words
    assert editor.post(gone).status_code == 409


def test_only_the_units_editor_takes_it_off(hall: Hall, editor: Browser, writer: Browser) -> None:
    editor.send(f"/office/ban-tin/{hall.bulletin('approved')}/dang-tin")
    answer = writer.post("/office/tin-bai/1/go")
    assert answer.status_code == 403
    assert item(hall).expire_at is None


def test_an_article_that_is_not_there_is_told(editor: Browser) -> None:
    assert "Không có tin bài số 9." in Page(editor.post("/office/tin-bai/9/go"), "/").words
