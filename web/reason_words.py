"""Why an airing did not play, or not whole, in words; outside a request they are Vietnamese."""

from __future__ import annotations

from flask_babel import gettext

from content.contracts.airings import Reason


def reason_words(reason: str | None) -> str:
    """Return why an airing did not play, or not whole, and what to do where there is something to do."""
    told: dict[str, str] = {
        Reason.LATE: gettext("Quá giờ được phép phát."),
        Reason.QUIET_HOURS: gettext("Rơi vào giờ yên tĩnh."),
        Reason.OVER_LIMIT: gettext("Lịch đổi nên không còn chỗ, hoặc quá thời lượng."),
        Reason.CLIP_MISSING: gettext("Trạm chưa tải kịp bản thu; xem lại mạng của trạm."),
        Reason.CLIP_CORRUPT: gettext("Bản thu ở trạm bị hỏng; trạm sẽ tự tải lại."),
        Reason.CLOCK_UNTRUSTED: gettext("Đồng hồ máy trạm không tin được; xem lại mạng và pin đồng hồ."),
        Reason.SOURCE_SILENT: gettext("Nguồn tiếp âm im tiếng; báo văn phòng kiểm tra nguồn."),
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
