"""What a station noted beside an airing, in words; outside a request they are Vietnamese."""

from __future__ import annotations

from flask_babel import gettext

from content.contracts.notes import Noted, Part, parts_of
from scheduler.commands import AT_STATION

_BETWEEN = " · "


def noted_words(note: str | None) -> str:
    """Return a note as people read it: who, and what the station noted; their own words stay as they are."""
    return _BETWEEN.join(_piece(piece) for piece in (note or "").split(_BETWEEN) if piece)


def _piece(piece: str) -> str:
    if piece == AT_STATION:
        return str(gettext("tại máy trạm"))
    parts = parts_of(piece)
    return piece if parts is None else " ".join(_part(part) for part in parts)


def _part(part: Part) -> str:
    at = f"{part.at_ms // 60_000}:{part.at_ms // 1000 % 60:02d}" if part.at_ms is not None else "?"
    told = {
        Noted.QUIET_IN_REHEARSAL: gettext("Trong giờ yên tĩnh; buổi tập dượt vẫn phát."),
        Noted.MAYBE_HEARD: gettext("Trạm mất nhật ký; lượt này có thể đã phát."),
        Noted.CUT_OFF: gettext("Ngừng ở %(at)s để nhường tin khẩn cấp.", at=at),
        Noted.BACK: gettext("Phát tiếp từ %(at)s sau tin khẩn cấp.", at=at),
        Noted.MENDED: gettext("Máy phát hỏng ở %(at)s, được mở lại và phát tiếp.", at=at),
        Noted.STAND_IN: gettext("Nguồn tiếp âm im tiếng từ %(at)s; bản thu dự phòng phát thay.", at=at),
        Noted.STOOD_STILL: gettext("Máy phát đứng yên."),
        Noted.SILENT: gettext("Nguồn tiếp âm không có tiếng."),
        Noted.FAILED: gettext("Máy phát báo lỗi."),
    }
    return str(told[part.code])
