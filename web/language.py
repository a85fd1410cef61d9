"""Vietnamese first, English second, and times as people say them."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask, request
from flask import session as cookie
from flask_babel import Babel, get_locale

from web import context

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_WEEKDAYS_VI = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def init_app(app: Flask) -> None:
    """Choose the language of each request, and give templates the filters of local time."""
    app.config.update(BABEL_DEFAULT_LOCALE="vi", BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=chosen)
    app.add_template_filter(local)
    app.add_template_filter(clock_time)
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(duration)


def chosen() -> str:
    """Return the person's language: his own setting, what he last chose here, or the site's."""
    if request.path.startswith("/api/"):
        return "en"
    held = context.user()
    asked = (held.locale if held else None) or cookie.get("locale")
    return asked if asked in LANGUAGES else context.house().settings.locale


def local(instant: datetime) -> datetime:
    """Return the instant in local time."""
    return context.house().local(instant)


def clock_time(instant: datetime, *, seconds: bool = False) -> str:
    """Return the local wall time, `06:00` or `06:00:05`."""
    return f"{local(instant):%H:%M:%S}" if seconds else f"{local(instant):%H:%M}"


def day(value: date | datetime) -> str:
    """Return a day as people say it, `Thứ Hai 23/11`, with the year when it is not this one."""
    when = local(value).date() if isinstance(value, datetime) else value
    names = _WEEKDAYS_EN if str(get_locale()) == "en" else _WEEKDAYS_VI
    year = "" if when.year == context.today().year else f"/{when.year}"
    return f"{names[when.weekday()]} {when:%d/%m}{year}"


def moment(instant: datetime) -> str:
    """Return a time and day, `06:00 Thứ Hai 23/11`."""
    return f"{clock_time(instant)} {day(instant)}"


def duration(milliseconds: int | None) -> str:
    """Return a length as m:ss, or h:mm:ss from an hour on."""
    minutes, seconds = divmod(round((milliseconds or 0) / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
