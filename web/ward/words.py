"""What the desk says in plain words: why something did not play, what became of an order, what to do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import format_datetime, gettext

from content.contracts.airings import State
from scheduler.commands import AT_STATION
from scheduler.models.command import Command
from web.noted_words import noted_words
from web.reason_words import reason_words
from web.ward.picture import Row

_HOUR = timedelta(hours=1)


def row_words(row: Row) -> str:
    """Return why an airing of the day stands as it does, and what the station noted beside it."""
    why, airing = _why_words(row), row.airing
    note = "" if airing.recalled_at or row.state == State.CANCELLED else noted_words(airing.note)
    if why and note[:1].islower():
        return f"{why.rstrip('.')}, {note.rstrip('.')}."
    return f"{why} {note}".strip()


def _why_words(row: Row) -> str:
    """Return why it stands so, the reason given for skipping it included."""
    if row.state == State.SKIPPED and row.skip_reason:
        return str(gettext("Bỏ qua: %(reason)s.", reason=row.skip_reason.rstrip(".")))
    return reason_words(row.airing.reason)


def kind_words(kind: str) -> str:
    """Return what an order is called."""
    return str(
        {
            "pause": gettext("Tạm dừng"),
            "resume": gettext("Tiếp tục"),
            "skip": gettext("Bỏ qua"),
            "stop": gettext("Dừng hết"),
            "volume": gettext("Âm lượng"),
            "play": gettext("Phát"),
            "live": gettext("Nói trực tiếp"),
            "test": gettext("Thử loa"),
        }.get(kind, kind)
    )


def by_words(by: str) -> str:
    """Return who gave an order; what was done at the station's own page has no login."""
    return str(gettext("tại máy trạm")) if by == AT_STATION else by


def outcome_words(command: Command, now: datetime) -> str:
    """Return what became of an order."""
    if command.done_at is None:
        waiting = gettext("chờ trạm nhận")
        return str(waiting if now < command.expires_at else gettext("trạm không nhận kịp; hãy bấm lại"))
    return str(
        {
            "done": gettext("trạm đã làm"),
            "expired": gettext("tới trạm quá muộn; hãy bấm lại"),
            "nothing_to_do": gettext("lúc đó không còn gì để làm"),
            "unknown_item": gettext("trạm không có lượt phát đó"),
            "busy": gettext("trạm đang phát hoặc sắp phát"),
            "quiet_hours": gettext("trạm đang trong giờ yên tĩnh"),
            "player_failed": gettext("máy phát ở trạm không kêu"),
        }.get(command.outcome or "done", gettext("trạm không làm được"))
    )


def programme_words(
    reaches: datetime | None, now: datetime, *, next_at: datetime | None, lacks_at: datetime | None
) -> str:
    """Return how long the station can go on with what it holds: its manifest, and the clips of it.

    `next_at`: its next airing; `lacks_at`: the first of which it has not got the clip.
    """
    if reaches is not None and reaches > now and next_at is None:
        return str(gettext("chưa có lượt phát nào"))
    if reaches is not None and lacks_at is not None and lacks_at < reaches:
        return str(gettext("đủ bài đến %(at)s", at=format_datetime(lacks_at, "HH:mm d/M")))
    hours = round((reaches - now) / _HOUR) if reaches is not None else 0
    if hours >= 48:  # noqa: PLR2004
        return str(gettext("đủ bài cho %(n)s ngày", n=round(hours / 24)))
    if hours > 0:
        return str(gettext("đủ bài cho %(n)s giờ", n=hours))
    return str(gettext("trạm chưa có lịch phát"))


def near_words(at: datetime, now: datetime) -> str:
    """Return how far away an instant within half a day is, by the minute: `2 phút nữa`; else nothing."""
    minutes = round((at - now) / timedelta(minutes=1))
    if not 0 <= minutes < 12 * 60:
        return ""
    if minutes == 0:
        return str(gettext("ngay bây giờ"))
    if minutes < 60:  # noqa: PLR2004
        return str(gettext("%(n)s phút nữa", n=minutes))
    return str(gettext("%(n)s giờ %(m)s phút nữa", n=minutes // 60, m=minutes % 60))


def refused(refusals: dict[str, str], shown: Collection[str]) -> dict[str, list[str]]:
    """Return why → the names of the buttons among `shown` that cannot be pressed for it."""
    found: dict[str, list[str]] = {}
    for kind in shown:
        if kind in refusals:
            found.setdefault(refusals[kind], []).append(kind_words(kind))
    return found
