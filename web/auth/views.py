"""Signing in and out, and the language of the pages."""

from __future__ import annotations

import math
from datetime import timedelta

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager, login_user, logout_user

from content import audit, people
from content.models.people import User
from web import context
from web.language import LANGUAGES

auth = Blueprint("auth", __name__)


class SignedIn:
    """A person as Flask-Login wants him; his id names the epoch, so that a new password ends sessions."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """Return what the cookie keeps."""
        return f"{self.user.id}:{self.user.epoch}"


def init_app(app: Flask) -> None:
    """Keep people signed in by a cookie."""
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(_load)


def _load(kept: str) -> SignedIn | None:
    user_id, _, epoch = kept.partition(":")
    user = context.session().get(User, int(user_id)) if user_id.isdecimal() else None
    if user is None or not user.active or str(user.epoch) != epoch:
        return None
    return SignedIn(user)


@auth.get("/dang-nhap")
def sign_in() -> ResponseReturnValue:
    """Show the form."""
    if context.user() is not None:
        return redirect(_back(), 303)
    return render_template("auth/sign_in.html", login="", problem=None, next=request.args.get("next", ""))


@auth.post("/dang-nhap")
def try_sign_in() -> ResponseReturnValue:
    """Check login and password; what failed is counted in a transaction of its own."""
    house, login = context.house(), request.form.get("login", "")
    with house.database.writing() as session:
        ended = people.sign_in(
            session,
            login,
            request.form.get("password", ""),
            address=request.remote_addr or "?",
            now=context.now(),
        )
    if ended.user is None:
        return _refused(login, ended.wait)
    _renew_cookie()
    login_user(SignedIn(ended.user))
    return redirect(_back(), 303)


def _refused(login: str, wait: timedelta | None) -> ResponseReturnValue:
    """Show the form again: 401, or 429 with how long to wait."""
    problem = gettext("Tên đăng nhập hoặc mật khẩu không đúng.")
    headers: dict[str, str] = {}
    if wait:
        seconds = math.ceil(wait.total_seconds())
        minutes = math.ceil(seconds / 60)
        problem = gettext("Thử sai quá nhiều lần. Hãy thử lại sau %(n)d phút.", n=minutes)
        headers["Retry-After"] = str(seconds)
    page = render_template(
        "auth/sign_in.html", login=login, problem=problem, next=request.form.get("next", "")
    )
    return page, 429 if wait else 401, headers


@auth.post("/dang-xuat")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    held = context.user()
    if held is not None:
        audit.record(
            context.session(), "user.sign_out", actor=held.login, subject=f"user:{held.id}", now=context.now()
        )
    logout_user()
    cookie.clear()
    return redirect(url_for("auth.sign_in"), 303)


@auth.post("/ngon-ngu")
def choose_language() -> ResponseReturnValue:
    """Keep the language chosen, for the person or for this browser."""
    wanted = request.form.get("locale", "")
    if wanted in LANGUAGES:
        cookie["locale"] = wanted
        held = context.user()
        if held is not None:
            held.locale = wanted
    return redirect(_back(), 303)


def _renew_cookie() -> None:
    kept = cookie.get("locale")
    cookie.clear()
    cookie.permanent = True
    if kept:
        cookie["locale"] = kept


def _back() -> str:
    """Return where to go on: a path of ours, never another site's address."""
    wanted = request.values.get("next") or ""
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours else url_for("office.home")
