"""Errors to answers: a page in Vietnamese for people, JSON for machines, nothing half-written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from inspect import isclass

import pytest
import structlog
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import text
from structlog.testing import LogCapture

from content import audit, errors
from content.clock import SteppedClock
from content.db import Database
from content.models.unit import Unit
from content.settings import Settings
from tests.web.hall import NOW, TODAY, Browser, Hall, Page
from web import context
from web.app import create_app
from web.errors import STATUS, message_of, status_of
from web.house import House


@pytest.fixture
def log() -> Iterator[LogCapture]:
    """Give what is logged during the test."""
    captured, before = LogCapture(), structlog.get_config()
    structlog.configure(processors=[captured], cache_logger_on_first_use=False)
    yield captured
    structlog.configure(**before)


@pytest.fixture
def broken(hall: Hall) -> Iterator[Flask]:
    """Give an app of the hall with views that fail after they wrote."""
    app = _broken_app()
    app.extensions["loaphuong"] = hall.house
    yield app
    app.config["PROPAGATE_EXCEPTIONS"] = None


@cache
def _broken_app() -> Flask:
    settings = Settings(mode="rehearsal", secret_key=SecretStr("chi-de-thu"))
    app = create_app(House(settings, SteppedClock(NOW), Database.open("sqlite://")), testing=True)

    def bug() -> str:
        audit.record(context.session(), "half.done", actor="an", subject="x:1", now=context.now())
        return str(1 // 0)

    def twice() -> str:
        unit = {"slug": "ha-noi", "name": "x", "kind": "city", "valid_from": TODAY}
        context.session().add(Unit(**unit))
        context.session().flush()
        return ""

    for prefix in ("", "/api"):
        app.add_url_rule(f"{prefix}/bug", f"bug{prefix}", bug, methods=["GET", "POST"])
    app.add_url_rule("/twice", "twice", twice)
    return app


def test_every_failure_has_its_status() -> None:
    known = {kind for kind in vars(errors).values() if isclass(kind) and issubclass(kind, Exception)}
    assert set(STATUS) == known


def test_a_finer_failure_has_the_status_of_its_kind() -> None:
    class FinerError(errors.ConflictError):
        pass

    assert status_of(FinerError("x")) == 409


def test_a_message_carries_its_facts(hall: Hall) -> None:
    with hall.app.test_request_context("/"):
        assert message_of(errors.NotFoundError("Không có bản tin số {id}.", id=7)) == "Không có bản tin số 7."
        assert message_of(errors.NotFoundError("Đầy 100 % {id}", id="{x}%s")) == "Đầy 100 % {x}%s"


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/khong-co-trang-nay", 404, "Không có trang này"),
        ("GET", "/office/ban-tin/4711", 404, "Không có bản tin số 4711."),
        ("GET", "/office/ban-tin/99999999999999999999", 404, "Không có trang này"),
        ("GET", "/office/luot-phat?ngay=hom-qua", 404, "“hom-qua” không phải một ngày."),
        ("GET", "/office/luot-phat?ngay=0001-01-01", 404, "không phải một ngày."),
        ("GET", "/office/luot-phat?ngay=9999-12-31", 404, "không phải một ngày."),
        ("GET", "/office/luot-phat/khong-co", 404, "Không"),
        ("GET", "/office/ke-hoach/77", 404, "Không có chương trình “77”."),
        ("GET", "/office/doc-thu", 405, "Trang này không nhận cách gọi đó."),
        ("GET", "/dang-xuat", 405, "Trang này không nhận cách gọi đó."),
    ],
)
def test_pages_tell_in_vietnamese(writer: Browser, method: str, path: str, status: int, words: str) -> None:
    answer = writer.client.open(path, method=method)
    assert answer.status_code == status
    assert words in Page(answer, path).words
    assert "Về bàn làm việc" in Page(answer, path).words


@pytest.mark.parametrize(
    "path",
    [
        "/office/ban-tin?truoc=99999999999999999999",
        "/office/ban-tin?truoc=²",
        "/office/ban-tin?trang-thai=%00",
        "/office/luot-phat?lenh=99999999999999999999",
        "/office/luot-phat?don-vi=-1",
    ],
)
def test_an_odd_question_has_an_answer(writer: Browser, path: str) -> None:
    assert writer.get(path).status_code == 200


def test_a_call_that_is_not_taken_is_told_what_is(writer: Browser) -> None:
    assert "POST" in writer.get("/office/doc-thu").headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/tin/khong-co", "/favicon.ico", "/robots.txt", "/chuong-trinh/77", "/officer"]
)
def test_a_resident_stays_on_the_site(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 404
    assert Page(answer, path).links("//nav[@aria-label='Chính']") == ["Tin mới", "Đã phát trên loa"]
    assert Page(answer, path).links("//main") == ["Về tin mới"]


@pytest.mark.parametrize("path", ["/office/khong-co", "/ward/a/b/c/khong-co", "/dang-nhap/khong-co"])
def test_a_stranger_is_offered_the_door(stranger: Browser, path: str) -> None:
    assert Page(stranger.get(path), "/").links("//main")[-1] == "Đăng nhập"


def test_a_part_of_a_page_gets_a_part(writer: Browser) -> None:
    answer = writer.get("/office/ban-tin/4711", HX_Request="true")
    assert answer.status_code == 404
    assert "<html" not in answer.text


def test_machines_get_json(stranger: Browser) -> None:
    answer = stranger.get("/api/v1/stations/ha-dinh-1/manifest")
    assert answer.status_code == 401
    assert set(answer.get_json()) >= {"error", "message"}
    assert stranger.get("/api/khong-co").get_json()["error"] == "not_found"


@pytest.mark.parametrize("path", ["/bug", "/twice"])
def test_a_failing_view_shows_the_page_and_is_logged(broken: Flask, log: LogCapture, path: str) -> None:
    answer = broken.test_client().get(path)
    assert answer.status_code == 500
    assert "Lỗi của hệ thống; đã ghi lại để sửa." in Page(answer, path).words
    assert [(line["event"], line["path"]) for line in log.entries] == [("unforeseen failure", path)]


def test_a_failing_view_leaves_nothing_behind(hall: Hall, broken: Flask, log: LogCapture) -> None:
    before, client = hall.counts(), broken.test_client()
    form = Page(client.get("/dang-nhap"), "/dang-nhap").forms[0]
    assert client.post("/bug", data=form.fields).status_code == 500
    assert hall.counts() == before


def test_a_failing_view_of_the_stations_answers_json(broken: Flask, log: LogCapture) -> None:
    answer = broken.test_client().get("/api/bug")
    assert (answer.status_code, answer.get_json()["error"]) == (500, "unforeseen")
    assert "ZeroDivisionError" not in answer.text


def test_who_is_signed_in_gets_the_page_too(hall: Hall, broken: Flask, log: LogCapture) -> None:
    client = broken.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "1:0"
    assert "Lỗi của hệ thống" in Page(client.get("/twice"), "/twice").words


@pytest.mark.parametrize("path", ["/office/", "/khong-co", "/"])
def test_a_database_that_is_lost_still_shows_the_page(
    hall: Hall, broken: Flask, log: LogCapture, path: str
) -> None:
    broken.config["PROPAGATE_EXCEPTIONS"] = False
    with hall.house.database.writing() as session:
        session.execute(text("PRAGMA foreign_keys=OFF"))
        session.execute(text('ALTER TABLE "user" RENAME TO gone'))
        session.execute(text("ALTER TABLE news_item RENAME TO gone_too"))
    client = broken.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "1:0"
    answer = client.get(path)
    assert answer.status_code == 500
    assert "Lỗi của hệ thống" in Page(answer, path).words


def test_the_clock_of_a_request_stands_still(hall: Hall) -> None:
    with hall.app.test_request_context("/"):
        first = context.now()
        hall.clock.advance(5)
        assert context.now() == first == NOW
