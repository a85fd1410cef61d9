"""What an alarm says, and the one thing to do; outside a request the words are Vietnamese."""

from __future__ import annotations

from flask_babel import gettext


def alarm_words(kind: str) -> str:
    """Return the words of a kind of alarm, the kind itself where there are none."""
    return str(
        {
            "no_record": gettext(
                "Trạm không ghi lại một lượt phát đã qua; hỏi người vận hành xem loa có kêu không"
            ),
            "fork": gettext(
                "Hai máy cùng mang danh một trạm, hoặc máy bị lùi về bản cũ; ghi danh lại máy thật"
            ),
            "gap": gettext("Nhật ký của trạm thiếu dòng; trung tâm đang chờ trạm gửi lại"),
            "new_chain": gettext("Trạm mở sổ ghi chép mới; xem máy có bị mất dữ liệu không"),
            "unknown_airing": gettext("Trạm báo một lượt phát mà trung tâm không biết"),
            "contradiction": gettext("Trạm báo khác với kết quả đã ghi"),
            "emergency_unsigned": gettext(
                "Một tin khẩn cấp chưa có người thứ hai xác nhận; gọi lãnh đạo xem lại ngay"
            ),
            "station": gettext("Trạm báo động"),
        }.get(kind, kind)
    )
