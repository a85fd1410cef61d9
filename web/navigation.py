"""Which rooms a person may enter, for the bar on top of every page."""

from __future__ import annotations

from typing import NamedTuple

from flask import request, url_for
from flask_babel import gettext

from content.models.people import Role
from web import context

MOST_IN_A_ROW = 10
"""As many links as one row of a common screen holds; with more, the seldom used ones are folded."""
_SELDOM = frozenset(
    f"office.{page}" for page in ("list_windows", "plan", "lexicon_list", "idents", "voices", "audit_log")
)

_BESIDE = {
    "office.list_windows": (
        "office.calendars",
        "office.rules",
        "office.exceptions",
        "office.relays",
        "office.weeks",
        "office.units",
    )
}
"""Pages that stand beside the one the bar leads to."""


class Entry(NamedTuple):
    """One link of the bar; `folded` ones wait behind a word at its end."""

    url: str
    label: str
    icon: str
    active: bool
    folded: bool = False


def entries() -> list[Entry]:
    """Return the links the person has a use for."""
    if context.user() is None:
        return []
    rights = context.rights()
    desk = (Role.OFFICE, Role.APPROVER, Role.ADMIN)
    rooms = (
        ("office.home", gettext("Hôm nay"), "home", tuple(Role)),
        ("office.bulletins", gettext("Bản tin"), "file-text", (*desk, Role.EDITOR)),
        ("office.approvals", gettext("Chờ duyệt"), "clipboard-check", (Role.APPROVER,)),
        ("office.week", gettext("Tuần phát"), "calendar-week", (*desk, Role.OPERATOR)),
        ("office.airings", gettext("Lượt phát"), "speakerphone", (*desk, Role.OPERATOR)),
        ("office.list_emergencies", gettext("Khẩn cấp"), "urgent", (*desk, Role.EMERGENCY)),
        ("office.news", gettext("Tin bài"), "news", (Role.EDITOR,)),
        ("ward.choose", gettext("Đài phường"), "building-broadcast-tower", (Role.OPERATOR, Role.OFFICE)),
        ("office.stations", gettext("Trạm loa"), "broadcast", desk),
        ("office.list_windows", gettext("Khung giờ"), "calendar-time", (*desk, Role.OPERATOR)),
        ("office.plan", gettext("Kế hoạch"), "book", desk),
        ("office.lexicon_list", gettext("Từ điển"), "vocabulary", desk),
        ("office.idents", gettext("Nhạc hiệu"), "wave-sine", desk),
        ("office.voices", gettext("Giọng đọc"), "microphone", desk),
        ("office.audit_log", gettext("Nhật ký"), "history", (Role.ADMIN,)),
    )
    mine = [room for room in rooms if rights.holds(*room[-1])]
    many = len(mine) > MOST_IN_A_ROW
    return [
        Entry(url_for(endpoint), label, icon, _is_here(endpoint), folded=many and endpoint in _SELDOM)
        for endpoint, label, icon, _ in mine
    ]


def _is_here(endpoint: str) -> bool:
    here, there = request.path.rstrip("/"), url_for(endpoint).rstrip("/")
    if any(here.startswith(url_for(page)) for page in _BESIDE.get(endpoint, ())):
        return True
    return here == there or (endpoint != "office.home" and here.startswith(f"{there}/"))
