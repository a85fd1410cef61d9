"""What is wrong at a station right now, each in one sentence with the one thing to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import format_datetime, gettext

from content.contracts.airings import Kind
from scheduler.board.overview import LITTLE_DISK_BYTES
from scheduler.models.station import Station
from scheduler.stations import Connection
from web.ward.picture import Picture

SOON = timedelta(minutes=30)


def troubles(picture: Picture, now: datetime) -> list[str]:
    """Return the sentences, the gravest first."""
    return [*_unheard(picture), *_sounding(picture), *_machine(picture.station), *_coming(picture, now)]


def _unheard(picture: Picture) -> Iterator[str]:
    if picture.connection is Connection.NEVER:
        yield str(gettext("Trạm đã ghi danh nhưng chưa nối lần nào. Tại máy trạm, chạy: loaphuong station."))
    elif picture.connection is Connection.OFFLINE:
        since = format_datetime(picture.station.heard_at, "HH:mm d/M")
        yield str(
            gettext(
                "Mất kết nối từ %(since)s. Trạm vẫn tự phát theo lịch đã nhận; kiểm tra dây mạng và nguồn "
                "của bộ phát mạng.",
                since=since,
            )
        )


def _sounding(picture: Picture) -> Iterator[str]:
    heard = picture.connection in {Connection.ONLINE, Connection.LATE}
    if heard and picture.playing is not None and picture.playing.overdue and not picture.playing.paused:
        yield str(gettext("Bài đang phát lẽ ra đã xong mà trạm chưa báo. Nếu loa vẫn kêu, bấm Dừng hết."))
    if picture.alarms:
        count = len(picture.alarms)
        yield str(gettext("Trung tâm có %(n)s cảnh báo về trạm này; gọi văn phòng để cùng xem.", n=count))


def _machine(station: Station) -> Iterator[str]:
    if station.clock_ok is False:
        yield str(
            gettext("Đồng hồ máy trạm chưa tin được nên trạm chưa phát; kiểm tra mạng rồi chờ vài phút.")
        )
    if station.disk_free_bytes is not None and station.disk_free_bytes < LITTLE_DISK_BYTES:
        yield str(gettext("Ổ đĩa máy trạm gần đầy; xóa bớt tệp khác để trạm tải được bản thu."))


def _coming(picture: Picture, now: datetime) -> Iterator[str]:
    coming = picture.next.airing if picture.next else None
    if coming is None or coming.starts_at > now + SOON:
        return
    at = format_datetime(coming.starts_at, "HH:mm")
    if coming.kind != Kind.RELAY and coming.clip_sha256 in picture.station.clips_missing:
        yield str(gettext("Bản thu của lượt %(at)s chưa tải về trạm; kiểm tra mạng của trạm.", at=at))
    elif coming.released_generation is None or picture.station.generation < coming.released_generation:
        yield str(gettext("Trạm chưa nhận lịch có lượt %(at)s; kiểm tra mạng của trạm.", at=at))
