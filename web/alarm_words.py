"""What an alarm says, the one thing to do, and where; outside a request the words are Vietnamese."""

from __future__ import annotations

import re

from flask_babel import gettext

from scheduler.models.alarm import Alarm

_OFFSET = re.compile(r"offset (-?\d{1,15}) ms")
_PLACE = re.compile(r"([0-9a-f-]{36}) (\d{1,12})")
_AIRING = re.compile(r"([0-9a-f]{32})( [a-z_]+ ↔ [a-z_]+)?")


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


def alarm_detail(alarm: Alarm) -> str:
    """Return what an alarm is about, in words; codes and causes of the machine stay in its ledger."""
    if alarm.kind == "station":
        return _station_words(alarm.detail)
    if alarm.kind == "new_chain":
        return _chain_words(alarm.detail)
    place, airing = _PLACE.fullmatch(alarm.detail), _AIRING.fullmatch(alarm.detail)
    if place is not None:
        return str(gettext("Sổ %(chain)s, từ dòng %(n)s.", chain=place[1][:8], n=place[2]))
    if airing is not None:
        return str(gettext("Lượt phát %(airing)s.", airing=airing[1][:8]))
    return alarm.detail


def _station_words(detail: str) -> str:
    """Return what a station's own alarm says: its detail is a code, and what the machine told."""
    code, _, told = detail.partition(" ")
    found = {
        "amp_failed": gettext("Không bật hoặc tắt được ampli; xem lại dây nối và công tắc."),
        "clip_corrupt": gettext("Một bản thu ở trạm bị hỏng; trạm tự tải lại khi có mạng."),
        "clock_untrusted": _clock_words(told),
        "disk_full": gettext("Đĩa của máy trạm gần đầy nên trạm không tải thêm bản thu; hãy dọn đĩa."),
        "fork": gettext("Trung tâm đã giữ sổ khác với sổ của máy này; trạm mở sổ mới."),
        "journal_damaged": gettext("Sổ ghi chép của trạm bị hỏng hoặc mất; trạm mở sổ mới."),
        "manifest_signature": gettext("Trạm từ chối lịch phát không có chữ ký của trung tâm."),
        "manifest_form": gettext("Trạm từ chối lịch phát mà nó không đọc được."),
        "manifest_generation": gettext("Trạm từ chối lịch phát cũ hơn lịch đang giữ."),
        "manifest_station": gettext("Trạm từ chối lịch phát của trạm khác."),
        "manifest_mode": gettext("Trạm từ chối lịch phát của chế độ khác (tập dượt hay phát thật)."),
        "player_restarted": gettext("Máy phát hỏng giữa chừng; trạm đã mở lại và phát tiếp."),
    }
    return str(found.get(code, detail))


def _clock_words(told: str) -> str:
    offset = _OFFSET.fullmatch(told)
    if offset is None:
        return str(gettext("Đồng hồ máy trạm không tin được; xem lại mạng và pin đồng hồ."))
    seconds = round(abs(int(offset[1])) / 1000)
    return str(
        gettext("Đồng hồ máy trạm lệch %(n)s giây so với trung tâm; xem lại mạng và pin đồng hồ.", n=seconds)
    )


def _chain_words(why: str) -> str:
    """Return why a station opened a new ledger."""
    if why == "journal lost":
        return str(gettext("Sổ cũ không còn trên máy."))
    if why.startswith("journal damaged"):
        return str(gettext("Sổ cũ bị hỏng và được cất riêng trên máy."))
    return str(gettext("Trung tâm không nối được sổ cũ của máy này."))
