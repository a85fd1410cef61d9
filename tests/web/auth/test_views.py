"""Signing in and out: throttled, never to another site, and ended by a new password."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from werkzeug.test import TestResponse

from content import people
from content.clock import SteppedClock
from content.db import Database
from content.models.people import SignInTry
from content.settings import Settings
from tests.web.hall import NOW, PASSWORD, Browser, Hall, Page
from web.app import create_app
from web.house import House

FORM = "/dang-nhap"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


def sign_in(browser: Browser, password: str = PASSWORD, login: str = "an", **more: str) -> TestResponse:
    return browser.send(FORM, login=login, password=password, **more)


def fail(hall: Hall, times: int) -> None:
    """Store failed tries: each one made for real takes as long as a password may take to be guessed."""
    with hall.house.database.writing() as session:
        session.add_all(SignInTry(key="login:an", at=NOW) for _ in range(times))


def test_the_right_password_opens_the_office(stranger: Browser) -> None:
    answer = sign_in(stranger)
    assert (answer.status_code, answer.location) == (303, "/office/")
    assert "Phòng văn hóa Thanh Xuân" in stranger.see("/office/").words


@pytest.mark.parametrize(("login", "password"), [("an", "sai"), ("khong-co", PASSWORD), ("an\x00", "")])
def test_the_wrong_one_is_told_without_saying_which(stranger: Browser, login: str, password: str) -> None:
    answer = sign_in(stranger, password, login)
    assert answer.status_code == 401
    assert WRONG in Page(answer, FORM).words


def test_a_login_that_was_typed_is_kept_a_password_is_not(stranger: Browser) -> None:
    form = Page(sign_in(stranger, "mat-khau-sai"), FORM).form(FORM)
    assert (form.fields["login"], form.fields["password"]) == (["an"], [""])


def test_after_five_failures_the_minutes_to_wait_are_told(hall: Hall, stranger: Browser) -> None:
    fail(hall, people.TRIES_PER_LOGIN - 1)
    hall.clock.advance(300)
    assert sign_in(stranger, "sai").status_code == 401
    answer = sign_in(stranger)
    assert answer.status_code == 429
    assert "Hãy thử lại sau 10 phút." in Page(answer, FORM).words


def test_waiting_opens_the_door_again(hall: Hall, stranger: Browser) -> None:
    fail(hall, people.TRIES_PER_LOGIN)
    assert sign_in(stranger).status_code == 429
    hall.clock.advance(people.TRY_COUNTS_FOR.total_seconds() + 1)
    assert sign_in(stranger).status_code == 303


@pytest.mark.parametrize("path", ["/office/ban-tin/moi", "/office/luot-phat?ngay=2026-11-23", "/ward/"])
def test_a_page_that_needs_a_person_leads_to_the_door_and_back(stranger: Browser, path: str) -> None:
    door = stranger.get(path)
    assert door.status_code == 303
    assert door.location.startswith("/dang-nhap?next=")
    form = stranger.see(door.location).form(FORM)
    answer = stranger.client.post(FORM, data={**form.fields, "login": "an", "password": PASSWORD})
    assert answer.location == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "http://[",
        "evil.example",
        " /office",
    ],
)
def test_no_address_of_another_site_is_followed(writer: Browser, elsewhere: str) -> None:
    answer = writer.client.get(FORM, query_string={"next": elsewhere})
    assert (answer.status_code, answer.location) == (303, "/office/")


def test_nor_after_signing_in(stranger: Browser) -> None:
    assert sign_in(stranger, next="//evil.example").location == "/office/"


def test_a_sign_in_gives_a_new_session_that_ends_by_itself(stranger: Browser) -> None:
    stranger.see(FORM)
    with stranger.client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    sign_in(stranger)
    with stranger.client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.permanent


def test_the_cookie_is_for_this_site_alone(stranger: Browser) -> None:
    cookie = sign_in(stranger).headers["Set-Cookie"]
    assert cookie.startswith("loaphuong_8000=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_never_leaves_https(tmp_path: Path) -> None:
    settings = Settings(
        public_url="https://loa.example", data_dir=tmp_path, secret_key=SecretStr("chi-de-thu")
    )
    app = create_app(House(settings, SteppedClock(NOW), Database.open("sqlite://")), testing=True)
    cookie = app.test_client().get(FORM, base_url="https://loa.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-loaphuong=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_new_password_ends_the_sessions_that_are_open(hall: Hall, writer: Browser) -> None:
    writer.see("/office/")
    with hall.house.database.writing() as session:
        people.set_password(session, people.by_login(session, "an"), "mat-khau-moi-1", by="quan", now=NOW)
    assert writer.get("/office/").status_code == 303


def test_who_was_sent_away_has_no_session_left(hall: Hall, writer: Browser) -> None:
    writer.see("/office/")
    with hall.house.database.writing() as session:
        people.by_login(session, "an").active = False
    assert writer.get("/office/").status_code == 303


@pytest.mark.parametrize("kept", ["", "1", "x:0", "999:0", ":", "1:99"])
def test_a_cookie_that_names_nobody_opens_nothing(stranger: Browser, kept: str) -> None:
    with stranger.client.session_transaction() as cookie:
        cookie["_user_id"] = kept
    assert stranger.get("/office/").status_code == 303


def test_signing_out_ends_the_session_and_is_noted(hall: Hall, writer: Browser) -> None:
    answer = writer.send("/office/", "/dang-xuat")
    assert (answer.status_code, answer.location) == (303, FORM)
    assert writer.get("/office/").status_code == 303
    assert hall.audited()[-1] == "user.sign_out"


def test_signing_out_twice_is_no_failure(stranger: Browser) -> None:
    assert stranger.post("/dang-xuat").status_code == 303


def test_who_is_signed_in_is_led_on_from_the_door(writer: Browser) -> None:
    assert writer.get(f"{FORM}?next=/office/ban-tin").location == "/office/ban-tin"


def test_the_language_chosen_is_kept_for_the_person(hall: Hall, writer: Browser) -> None:
    answer = writer.send("/office/ban-tin", "/ngon-ngu", locale="en")
    assert answer.location == "/office/ban-tin"
    assert '<html lang="en"' in hall.browser("an").get("/office/").text


def test_a_stranger_keeps_his_language_through_signing_in(stranger: Browser) -> None:
    stranger.post("/ngon-ngu", locale="en")
    sign_in(stranger)
    assert '<html lang="en"' in stranger.get("/office/").text


def test_a_language_that_is_none_of_ours_changes_nothing(writer: Browser) -> None:
    writer.post("/ngon-ngu", locale="xx")
    assert '<html lang="vi"' in writer.get("/office/").text


@pytest.mark.parametrize("token", ["", "x", "IjEyMyI.stale.token"])
def test_a_form_of_another_session_is_refused_in_vietnamese(hall: Hall, writer: Browser, token: str) -> None:
    before = hall.counts()
    answer = writer.client.post("/office/ban-tin/moi", data={"csrf_token": token, "title": "x"})
    assert answer.status_code == 400
    assert "Biểu mẫu đã quá hạn" in Page(answer, "/").words
    assert hall.counts() == before
