"""What the local page shows, drawn purely from what the station knows; `draw` returns plain JSON values."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from content.contracts.airings import Level, State
from content.contracts.instants import parse_instant
from content.contracts.manifest import Item, Manifest
from station.acts import Act
from station.desk import words
from station.journal import Told
from station.line import LineState
from station.quiet import DEFAULT, quiet_spans

_DAY = timedelta(days=1)
_LEVELS = {Level.PRIORITY: "Ưu tiên", Level.EMERGENCY: "Khẩn cấp"}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the main loop knows at `now`.

    `told`: what began or ended of today · `taken`: airings never to begin again · `missing`: sha256 of
    clips not here · `waiting`: records the centre does not hold · `room`: whether the disk has any ·
    `alarms`: the reasons of those that stand.
    """

    now: datetime
    station: str
    mode: str
    zone: ZoneInfo
    manifest: Manifest | None
    told: list[Told]
    taken: Collection[str]
    current: Act | None
    missing: Collection[str]
    line: LineState
    clock_ok: bool
    offset_ms: int | None
    waiting: int
    volume: int | None
    room: bool
    alarms: Collection[str]

    def face(self, at: datetime) -> str:
        """Return the wall time at the ward."""
        return f"{at.astimezone(self.zone):%H:%M}"


def day_of(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants at which the ward's day begins and ends."""
    midnight = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    return midnight.astimezone(UTC), (midnight + _DAY).astimezone(UTC)


def draw(seen: Seen) -> dict[str, Any]:
    """Return everything the page shows."""
    local = seen.now.astimezone(seen.zone)
    reaches = seen.manifest.end if seen.manifest else None
    return {
        "station": seen.station,
        "rehearsal": seen.mode == "rehearsal",
        "clock": f"{local:%H:%M:%S}",
        "day": words.day_words(local.date()),
        "line": _line(seen),
        "clock_ok": seen.clock_ok,
        "offset": words.offset_words(seen.offset_ms, ok=seen.clock_ok),
        "stock": words.stock_words(reaches, len(_coming(seen)), len(seen.missing), seen.now),
        "waiting": f"{seen.waiting} dòng nhật ký chờ gửi" if seen.waiting else "trung tâm đã nhận đủ nhật ký",
        "troubles": list(_troubles(seen)),
        "now": _now(seen.current) if seen.current else None,
        "next": _next(seen),
        "today": [row for _, row in sorted(_today(seen), key=lambda pair: pair[0])],
        "volume": seen.volume,
    }


def skippable(item: Item) -> bool:
    """Tell whether the ward may leave `item` out: what must be aired only the centre takes off."""
    return item.level is Level.NORMAL


def _line(seen: Seen) -> dict[str, str]:
    line = seen.line
    if line.up is None:
        return {"state": "unknown", "words": "Đang gọi trung tâm…"}
    if line.up:
        return {"state": "online", "words": "Đang nối với trung tâm"}
    since = f" từ {seen.face(line.since)}" if line.since else ""
    what = words.line_words(line.status, expelled=line.expelled)
    return {"state": "offline", "words": f"{what}{since}"}


def _troubles(seen: Seen) -> Iterator[str]:
    if seen.line.up is False:
        yield words.line_trouble(seen.line.status, expelled=seen.line.expelled)
    refusals = [words.ALARMS[alarm] for alarm in words.ALARMS if alarm in seen.alarms]
    yield from refusals
    if not seen.clock_ok:
        yield (
            "Đồng hồ của máy chưa tin được, nên chỉ tin khẩn cấp được phát. "
            "Hãy nối mạng để máy lấy giờ, hoặc chỉnh lại giờ của máy."
        )
    if not seen.room:
        yield "Đĩa của máy gần đầy, trạm không tải thêm bản thu được. Hãy dọn đĩa."
    if seen.manifest is None and not refusals and not seen.line.expelled:
        yield "Trạm chưa nhận lịch phát lần nào. Hãy nối mạng và chờ trung tâm giao lịch."
    if seen.mode == "production" and _is_quiet(seen):
        yield "Đang giờ yên tĩnh: chỉ tin khẩn cấp được phát."


def _is_quiet(seen: Seen) -> bool:
    quiet = seen.manifest.quiet if seen.manifest else ()
    spans = quiet_spans(quiet or DEFAULT, seen.zone, seen.now)
    return any(start <= seen.now < end for start, end in spans)


def _now(act: Act) -> dict[str, Any]:
    item = act.item
    return {
        **_named(item.id, item.title, item.programme, item.level),
        "paused": act.paused,
        "position_ms": act.position_ms,
        "duration_ms": item.duration_ms,
        "left": words.clock_face(item.duration_ms - act.position_ms),
        "skippable": skippable(item),
    }


def _next(seen: Seen) -> dict[str, Any] | None:
    coming = _coming(seen)
    if not coming:
        return None
    item = min(coming, key=lambda one: (one.starts_at, one.id))
    near = words.near_words(item.starts_at, seen.now)
    day = "" if near else words.day_words(item.starts_at.astimezone(seen.zone).date())
    return {
        **_named(item.id, item.title, item.programme, item.level),
        "time": seen.face(item.starts_at),
        "near": near or day,
        "duration": words.clock_face(item.duration_ms),
        "skippable": skippable(item),
    }


def _coming(seen: Seen) -> list[Item]:
    """Return what may still sound."""
    return [item for item in _open(seen) if item.not_after >= seen.now]


def _open(seen: Seen) -> list[Item]:
    """Return what is still to come."""
    if seen.manifest is None:
        return []
    gone = {*seen.taken, *seen.manifest.cancelled}
    return [item for item in seen.manifest.items if item.id not in gone]


def _today(seen: Seen) -> Iterator[tuple[datetime, dict[str, Any]]]:
    start, end = day_of(seen.now, seen.zone)
    for told in seen.told:
        at = parse_instant(told.planned_at)
        yield at, _past_row(seen, told, at)
    for item in _open(seen):
        if start <= item.starts_at < end:
            yield item.starts_at, _coming_row(seen, item)


def _past_row(seen: Seen, told: Told, at: datetime) -> dict[str, Any]:
    state = told.outcome or State.ON_AIR
    why = words.REASONS.get(told.reason or "", "")
    cut = told.heard_ms is not None and told.outcome not in {None, State.PLAYED}
    heard = f"Nghe được {words.clock_face(told.heard_ms or 0)}. " if cut else ""
    return {
        **_named(told.id, told.title, told.programme, told.level),
        **_state(state),
        "time": seen.face(at),
        "duration": words.clock_face(told.duration_ms),
        "words": f"{heard}{why}".strip(),
        "skippable": False,
    }


def _coming_row(seen: Seen, item: Item) -> dict[str, Any]:
    missing = item.clip is not None and item.clip.sha256 in seen.missing
    return {
        **_named(item.id, item.title, item.programme, item.level),
        **_state("planned"),
        "time": seen.face(item.starts_at),
        "duration": words.clock_face(item.duration_ms),
        "words": "Chưa tải được bản thu." if missing else "",
        "skippable": skippable(item) and item.not_after >= seen.now,
    }


def _named(airing: str, title: str, programme: str | None, level: str) -> dict[str, Any]:
    urgency = _LEVELS.get(Level(level), "")
    return {"id": airing, "title": title, "programme": programme, "level": level, "urgency": urgency}


def _state(state: str) -> dict[str, str]:
    look, word = words.STATES.get(state, ("planned", state))
    return {"state": str(state), "look": look, "word": word}
