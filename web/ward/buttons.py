"""Which buttons can do something now (pure but for the words); those that cannot say why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext

from audio.players.tone import LENGTH_MS
from content.contracts.airings import FINAL_RANK, Kind, Level, State
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from scheduler.quiet import blocked_until
from scheduler.rules import Rules
from scheduler.stations import Connection
from web.ward.sounding import Sounding

TEST_LENGTH = timedelta(milliseconds=LENGTH_MS)
TEST_ROOM = TEST_LENGTH + timedelta(seconds=20)
"""So long before an airing no sound test is sent: the order takes its way, the station keeps its distance."""


@dataclass(frozen=True)
class Sent:
    """Orders on their way: kinds for what plays now (or for all), airings to be skipped or played."""

    kinds: Collection[str] = ()
    skips: Collection[str] = ()
    plays: Collection[str] = ()


def refusals(
    connection: Connection, playing: Sounding | None, sent: Sent, *, test: str | None
) -> dict[str, str]:
    """Return button → why it can do nothing now; a button that is not in it can be pressed.

    `test`: why the loudspeaker cannot be tested, if it is heard.

    Stopping stays possible while the station is heard, even when nothing is known to play: what the
    loudspeaker does is told here a moment later.
    """
    unheard = connection in {Connection.OFFLINE, Connection.NEVER}
    lost = str(gettext("Mất kết nối với trạm; hãy thao tác tại máy trạm.")) if unheard else None
    found = {
        "pause": lost or _not_pause(playing, sent),
        "resume": lost or _not_resume(playing, sent),
        "stop": (lost if playing is None else None) or (_waiting() if "stop" in sent.kinds else None),
        "volume": lost,
        "test": lost or test,
    }
    return {button: why for button, why in found.items() if why is not None}


def not_skip(airing: Airing, *, office: bool, sent: Sent) -> str | None:
    """Return why an airing cannot be skipped from the desk, None when it can.

    Only ordinary items are the ward's to choose; what must be aired the office may take off, and an
    emergency is recalled where it was ordered.
    """
    if airing.rank == FINAL_RANK or airing.recalled_at is not None:
        return str(gettext("Lượt này đã xong."))
    if airing.id in sent.skips:
        return str(gettext("Đã gửi lệnh bỏ qua, chờ trạm nhận."))
    if airing.level == Level.EMERGENCY:
        return str(gettext("Tin khẩn cấp phải phát; muốn gỡ, gọi văn phòng thu hồi."))
    if airing.level == Level.PRIORITY and not office:
        return str(gettext("Tin ưu tiên phải phát trong buổi; muốn gỡ, gọi văn phòng."))
    return None


def not_play(airing: Airing, station: Station, connection: Connection, sent: Sent) -> str | None:
    """Return why an airing cannot be called on air now, before its time, None when it can."""
    if airing.rank >= State.ON_AIR.rank or airing.recalled_at is not None:
        return str(gettext("Lượt này đã xong."))
    if connection in {Connection.OFFLINE, Connection.NEVER}:
        return str(gettext("Mất kết nối với trạm; hãy thao tác tại máy trạm."))
    if airing.id in sent.plays or airing.id in sent.skips:
        return _waiting()
    if airing.released_generation is None or station.generation < airing.released_generation:
        return str(gettext("Trạm chưa nhận lượt này."))
    if airing.kind != Kind.RELAY and airing.clip_sha256 in station.clips_missing:
        return str(gettext("Bản thu chưa tải về trạm."))
    return None


def not_test(
    playing: Sounding | None, coming: Airing | None, sent: Sent, rules: Rules, now: datetime
) -> str | None:
    """Return why no sound test may be sent now, None when it may; the station asks itself the same."""
    if playing is not None:
        return str(gettext("Đang phát; hãy chờ hết bài rồi thử loa."))
    if coming is not None and coming.starts_at <= now + TEST_ROOM:
        return str(gettext("Sắp tới giờ phát; hãy chờ hết bài rồi thử loa."))
    if not rules.rehearsal and blocked_until(now, now + TEST_LENGTH, rules.quiet, rules.zone):
        return str(gettext("Đang giờ yên tĩnh, chỉ tin khẩn cấp được phát."))
    return _waiting() if "test" in sent.kinds else None


def _not_pause(playing: Sounding | None, sent: Sent) -> str | None:
    if playing is None:
        return _nothing()
    if playing.paused:
        return str(gettext("Đang tạm dừng."))
    return _waiting() if "pause" in sent.kinds else None


def _not_resume(playing: Sounding | None, sent: Sent) -> str | None:
    if playing is None:
        return _nothing()
    if "resume" in sent.kinds:
        return _waiting()
    return (
        None if playing.paused or "pause" in sent.kinds else str(gettext("Bài đang phát, không bị tạm dừng."))
    )


def _nothing() -> str:
    return str(gettext("Không có gì đang phát."))


def _waiting() -> str:
    return str(gettext("Đã gửi lệnh, chờ trạm nhận."))
