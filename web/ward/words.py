"""What the desk says in plain words: why something did not play, what became of an order, what to do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import gettext

from content.contracts.airings import Reason, State
from scheduler.models.command import Command
from web.ward.picture import Row

_HOUR = timedelta(hours=1)


def reason_words(reason: str | None) -> str:
    """Return why an airing did not play, or not whole, and what to do where there is something to do."""
    told: dict[str, str] = {
        Reason.LATE: gettext("Quá giờ được phép phát."),
        Reason.QUIET_HOURS: gettext("Rơi vào giờ yên tĩnh."),
        Reason.OVER_LIMIT: gettext("Buổi phát đã hết thời lượng."),
        Reason.CLIP_MISSING: gettext("Trạm chưa tải kịp bản thu; xem lại mạng của trạm."),
        Reason.CLIP_CORRUPT: gettext("Bản thu ở trạm bị hỏng; trạm sẽ tự tải lại."),
        Reason.CLOCK_UNTRUSTED: gettext("Đồng hồ máy trạm không tin được; xem lại mạng và pin đồng hồ."),
        Reason.PLAYER_FAILED: gettext("Máy phát không kêu; xem lại loa, ampli và dây nối."),
        Reason.OPERATOR: gettext("Người vận hành quyết định."),
        Reason.EMERGENCY: gettext("Nhường cho tin khẩn cấp."),
        Reason.POWER_LOST: gettext(
            "Mất điện hoặc chương trình dừng giữa chừng; xem lại nguồn điện máy trạm."
        ),
        Reason.STOPPED: gettext("Chương trình ở trạm được dừng."),
        Reason.RECALLED: gettext("Gỡ khỏi lịch vì bản tin được sửa, thu hồi hoặc lệnh bị hủy."),
        Reason.NOT_RELEASED: gettext("Trung tâm chưa kịp giao cho trạm."),
        Reason.NOT_DELIVERED: gettext("Trạm chưa nhận được lịch mới; xem lại mạng của trạm."),
        Reason.NO_RECORD: gettext("Trạm không ghi lại lượt này; đã báo trung tâm."),
        Reason.STATION_LOST: gettext("Trạm đã ngừng dùng."),
    }
    return told.get(reason or "", reason or "")


def row_words(row: Row) -> str:
    """Return why an airing of the day stands as it does, the reason given for skipping it included."""
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
        }.get(command.outcome or "done", gettext("trạm không làm được"))
    )


def programme_words(reaches: datetime | None, now: datetime) -> str:
    """Return how long the station can go on with what it holds."""
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
