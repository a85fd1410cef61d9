"""What the local page says in plain Vietnamese: states, reasons, what to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from content.contracts.airings import Reason, State

STATES: dict[str, tuple[str, str]] = {
    "planned": ("planned", "Sắp phát"),
    State.ON_AIR: ("air", "Đang phát"),
    State.PLAYED: ("played", "Đã phát"),
    State.PARTIAL: ("partial", "Phát dở"),
    State.INTERRUPTED: ("partial", "Bị ngắt"),
    State.SKIPPED: ("planned", "Đã bỏ qua"),
    State.PREEMPTED: ("partial", "Nhường khẩn cấp"),
    State.MISSED: ("missed", "Không phát"),
    State.CANCELLED: ("cancelled", "Đã hủy"),
}
"""State → (its look, its word)."""

REASONS: dict[str, str] = {
    Reason.LATE: "Quá giờ được phép phát.",
    Reason.QUIET_HOURS: "Rơi vào giờ yên tĩnh.",
    Reason.OVER_LIMIT: "Hết thời lượng cho phép.",
    Reason.CLIP_MISSING: "Chưa tải kịp bản thu; xem lại mạng.",
    Reason.CLIP_CORRUPT: "Bản thu bị hỏng trên đĩa; trạm tự tải lại khi có mạng.",
    Reason.CLOCK_UNTRUSTED: "Đồng hồ máy chưa tin được; nối mạng để lấy giờ.",
    Reason.PLAYER_FAILED: "Máy phát không kêu; xem lại loa, ampli và dây nối.",
    Reason.SOURCE_SILENT: "Nguồn tiếp âm im lặng.",
    Reason.OPERATOR: "Người vận hành quyết định.",
    Reason.EMERGENCY: "Nhường cho tin khẩn cấp.",
    Reason.POWER_LOST: "Mất điện hoặc chương trình dừng giữa chừng.",
    Reason.STOPPED: "Chương trình của trạm được dừng.",
    Reason.RECALLED: "Trung tâm đã gỡ khỏi lịch.",
}

REFUSALS: dict[str, str] = {
    "nothing_to_do": "Lúc này không có gì để làm việc đó.",
    "unknown_item": "Lịch phát không còn lượt này.",
    "unsupported": "Trạm này chưa làm được việc đó.",
    "bad_value": "Âm lượng là số từ 0 đến 100.",
    "quiet_hours": "Đang giờ yên tĩnh, chỉ tin khẩn cấp được phát.",
    "busy": "Đang phát hoặc sắp tới giờ phát; hãy chờ hết bài rồi thử loa.",
    "player_failed": "Máy phát không kêu; xem lại loa, ampli và dây nối.",
}

_OLD_PLAN = "Trạm không theo lịch đó và vẫn phát theo lịch đang giữ. "

ALARMS: dict[str, str] = {
    "manifest_signature": "Lịch phát vừa nhận không có chữ ký của trung tâm đã ghi danh máy này. "
    f"{_OLD_PLAN}Hãy gọi phòng văn hóa; nếu trung tâm đã đổi khóa thì phải ghi danh lại máy này.",
    "manifest_form": "Chương trình của trạm không đọc được lịch phát vừa nhận. "
    f"{_OLD_PLAN}Hãy gọi phòng văn hóa; có thể chương trình của trạm phải được cập nhật.",
    "manifest_generation": "Lịch phát vừa nhận cũ hơn lịch trạm đang giữ. "
    f"{_OLD_PLAN}Hãy gọi phòng văn hóa; trung tâm có thể vừa khôi phục từ bản lưu.",
    "manifest_station": "Lịch phát vừa nhận là của trạm khác. "
    f"{_OLD_PLAN}Hãy gọi phòng văn hóa xin mã để ghi danh lại máy này.",
    "manifest_mode": "Lịch phát vừa nhận thuộc chế độ khác (tập dượt hay phát thật). "
    f"{_OLD_PLAN}Hãy gọi phòng văn hóa xin mã để ghi danh lại máy này.",
}
"""Alarms of the journal that somebody at the machine must know of, and what to do."""

DONE: dict[str, str] = {
    "stop": "Đã dừng hết.",
    "pause": "Đã tạm dừng.",
    "resume": "Đang phát tiếp.",
    "skip": "Đã bỏ qua lượt này.",
    "volume": "Đã đặt âm lượng.",
    "test": "Đang thử loa.",
}

SKIP_REASONS: dict[str, str] = {
    "trung": "Trùng với bản tin đã phát",
    "sai": "Nội dung sai hoặc không còn đúng",
    "su-viec": "Ở phường đang có việc tang, việc họp, thi cử",
    "ky-thuat": "Loa hoặc ampli đang có sự cố",
    "lanh-dao": "Lãnh đạo phường yêu cầu",
    "khac": "Lý do khác, ghi bên dưới",
}

_DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_TWO_DAYS = 48
_HOUR_MINUTES = 60


def refused(refusal: str) -> str:
    """Return why something could not be done."""
    return REFUSALS.get(refusal, "Trạm không làm được việc đó.")


def day_words(day: date) -> str:
    """Return `Thứ Hai 23/11`."""
    return f"{_DAYS[day.weekday()]} {day:%d/%m}"


def clock_face(ms: int) -> str:
    """Return minutes and seconds, `1:05`."""
    seconds = max(0, ms) // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def near_words(at: datetime, now: datetime) -> str:
    """Return how far away an instant within half a day is, `2 phút nữa`; else nothing."""
    minutes = round((at - now) / timedelta(minutes=1))
    if not 0 <= minutes < 12 * _HOUR_MINUTES:
        return ""
    if minutes == 0:
        return "ngay bây giờ"
    hours, minutes = divmod(minutes, _HOUR_MINUTES)
    return f"{hours} giờ {minutes} phút nữa" if hours else f"{minutes} phút nữa"


def stock_words(reaches: datetime | None, coming: int, missing: int, now: datetime) -> str:
    """Return what is planned for how long, and whether the station holds all it takes."""
    hours = round((reaches - now) / timedelta(hours=1)) if reaches is not None else 0
    if hours <= 0:
        return "chưa có lịch phát"
    lasts = f"{round(hours / 24)} ngày" if hours >= _TWO_DAYS else f"{hours} giờ"
    held = f"còn {missing} bản thu chưa tải" if missing else "đủ bản thu"
    if not coming:
        return f"không có lượt phát nào trong {lasts} tới" + (f", {held}" if missing else "")
    return f"{coming} lượt phát trong {lasts} tới, {held}"


def line_words(status: int | None, *, expelled: bool) -> str:
    """Return in a few words how the line fails; `status` is the centre's answer, if it gave one."""
    if expelled:
        return "Trung tâm không nhận máy này"
    return "Mất kết nối với trung tâm" if status is None else "Trung tâm đang trục trặc"


def line_trouble(status: int | None, *, expelled: bool) -> str:
    """Return what fails between station and centre, and the one thing to do."""
    if expelled:
        return (
            "Trung tâm không nhận máy này nữa: trạm đã bị thu hồi ghi danh, hoặc đã được ghi danh trên máy "
            "khác. Trạm chỉ còn phát hết lịch đang giữ. Hãy gọi phòng văn hóa xin mã để ghi danh lại máy này."
        )
    if status is not None:
        return (
            f"Trung tâm có trả lời nhưng đang trục trặc (mã {status}); mạng ở trạm vẫn tốt. Trạm vẫn phát "
            "đúng giờ từ đĩa của mình và tự gọi lại. Nếu quá 30 phút, hãy gọi phòng văn hóa."
        )
    return (
        "Không gọi được trung tâm. Trạm vẫn phát đúng giờ từ đĩa của mình và sẽ báo về khi nối lại. "
        "Hãy xem dây mạng và bộ phát Wi-Fi."
    )


def offset_words(offset_ms: int | None, *, ok: bool) -> str:
    """Return what is known of the machine's clock."""
    if not ok:
        return "đồng hồ chưa tin được"
    if offset_ms is None:
        return "đồng hồ theo máy, chưa so với trung tâm"
    if abs(offset_ms) < 1000:  # noqa: PLR2004
        return f"đồng hồ lệch {abs(offset_ms)} ms"
    return f"đồng hồ lệch {abs(offset_ms) / 1000:.1f} giây".replace(".", ",")
