"""What is worth telling, in words (pure).  Vietnamese only: they are kept and sent as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.contracts.airings import Reason, State
from scheduler.models.airing import Airing
from scheduler.models.alarm import Alarm
from scheduler.models.station import Station
from web.alarm_words import alarm_detail, alarm_words
from web.reason_words import reason_words

TOLD_FOR = timedelta(days=1)
"""What lies longer back when it becomes known is shown, and no longer sent."""
FAILED = (State.MISSED, State.INTERRUPTED, State.PARTIAL)
_DECIDED = (Reason.OPERATOR, Reason.RECALLED, Reason.EMERGENCY, Reason.STATION_LOST)
_ENDS = {
    State.MISSED: "không phát",
    State.INTERRUPTED: "bị ngắt giữa chừng",
    State.PARTIAL: "chỉ phát một phần",
}


@dataclass(frozen=True)
class Happening:
    """Something to tell a unit's people once; `about` names it, `sent`: by e-mail and webhook, too.

    `told`: the units whose addresses it goes to, the unit itself and all above it where nothing is said;
    of the other units only the addresses that are told of what is below.
    """

    kind: str
    about: str
    unit_id: int
    station: str | None
    subject: str
    text: str
    sent: bool = True
    told: tuple[int, ...] = ()


def failed_airing(airing: Airing, station: Station, now: datetime, zone: ZoneInfo) -> Happening | None:
    """Tell of an airing that did not play, or not whole, unless somebody decided so."""
    state = State(airing.state)
    if state not in FAILED or airing.reason in _DECIDED or station.enrolled_at is None:
        return None
    at, day, what = _clock(airing.starts_at, zone), _day(airing.starts_at, zone), _ENDS[state]
    heard = f" Nghe được {airing.heard_ms // 1000} giây." if airing.heard_ms else ""
    why = reason_words(airing.reason)
    return Happening(
        "airing",
        f"airing|{airing.id}",
        station.unit_id,
        station.name,
        f"{station.title}: lượt {at} {what}",
        f"Lượt {at} {day} “{airing.title}” ở {station.title} {what}.{heard} {why}".strip(),
        sent=airing.starts_at > now - TOLD_FOR,
    )


def unheard_station(station: Station, zone: ZoneInfo) -> Happening:
    """Tell of a station that is offline; once for each time that it falls silent."""
    since = station.heard_at or station.created_at
    return Happening(
        "offline",
        f"offline|{station.name}|{since.isoformat()}",
        station.unit_id,
        station.name,
        f"{station.title} mất kết nối từ {_clock(since, zone)}",
        f"{station.title} mất kết nối từ {_clock(since, zone)} {_day(since, zone)}. Trạm vẫn tự phát theo "
        "lịch đã nhận nếu máy còn chạy; hãy xem nguồn điện, dây mạng và bộ phát mạng ở phường.",
    )


def unreported_airing(airing: Airing, station: Station, count: int, zone: ZoneInfo) -> Happening:
    """Tell of the first of `count` airings of which a silent station has not reported."""
    at, more = _clock(airing.starts_at, zone), f" và {count - 1} lượt sau đó" if count > 1 else ""
    return Happening(
        "unreported",
        f"unreported|{station.name}|{station.heard_at.isoformat() if station.heard_at else ''}",
        station.unit_id,
        station.name,
        f"{station.title}: chưa có báo cáo về lượt {at}",
        f"Chưa có báo cáo về lượt {at} {_day(airing.starts_at, zone)} “{airing.title}”{more} ở "
        f"{station.title}. Trạm có thể đã phát và sẽ báo khi nối lại; hãy hỏi người ở phường xem loa có "
        "kêu không.",
    )


def raised_alarm(alarm: Alarm, station: Station) -> Happening:
    """Tell of an alarm."""
    words = alarm_words(alarm.kind)
    return Happening(
        f"alarm_{alarm.kind}",
        f"alarm|{alarm.id}",
        station.unit_id,
        station.name,
        f"{station.title}: {words.partition(';')[0].lower()}",
        f"{station.title}: {words}. Chi tiết: {alarm_detail(alarm)}",
    )


def alarm_of_all(alarm: Alarm, unit_id: int) -> Happening:
    """Tell those who look after everything of an alarm that is no station's."""
    words = alarm_words(alarm.kind)
    about = f"alarm|{alarm.id}|{unit_id}"
    return Happening(
        f"alarm_{alarm.kind}",
        about,
        unit_id,
        None,
        words.partition(";")[0],
        f"{words}. Chi tiết: {alarm_detail(alarm)}",
    )


def deaf_centre(heard_at: datetime, count: int, unit_id: int, zone: ZoneInfo) -> Happening:
    """Tell that no station at all is heard: then it is the centre, not the wards."""
    return Happening(
        "centre",
        f"centre|{heard_at.isoformat()}",
        unit_id,
        None,
        f"Trung tâm không nghe thấy trạm nào từ {_clock(heard_at, zone)}",
        f"Cả {count} trạm đều im từ {_clock(heard_at, zone)} {_day(heard_at, zone)}. Thường là máy chủ "
        "hoặc đường truyền của trung tâm, không phải các phường; các trạm vẫn tự phát theo lịch đã nhận.",
    )


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"ngày {local.day}/{local.month}"
