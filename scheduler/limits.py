"""What the rules of broadcasting forbid (pure): a station's day against the rules that hold there.

Kinds and values: `sessions_per_day` {most} · `minutes_per_session` {most} · `minutes_per_day` {most} ·
`weekdays` {weekdays: "12345"} · `quiet` {start, end} · `sensitive` {spans: [{start, end}…], weekdays,
level_cap_mdb?} (a hospital, a school) · `never_together` {stations: […]} · `level_cap` {mdb}.
Emergencies are never brought here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from content.contracts.manifest import Quiet
from content.errors import InvalidInputError
from content.text import msgid
from scheduler.quiet import blocked_until

SESSIONS, SESSION_MINUTES, DAY_MINUTES = "sessions_per_day", "minutes_per_session", "minutes_per_day"
WEEKDAYS, QUIET, SENSITIVE, TOGETHER, LEVEL = "weekdays", "quiet", "sensitive", "never_together", "level_cap"
MINUTE_MS = 60_000
SAID = {
    SESSIONS: msgid("Ngày {day:%d/%m/%Y} có {count} buổi phát, nhiều nhất {most}. Căn cứ: {citation}."),
    SESSION_MINUTES: msgid(
        "Buổi phát ngày {day:%d/%m/%Y} dài {count} phút, nhiều nhất {most} phút. Căn cứ: {citation}."
    ),
    DAY_MINUTES: msgid(
        "Ngày {day:%d/%m/%Y} phát {count} phút, nhiều nhất {most} phút mỗi ngày. Căn cứ: {citation}."
    ),
    WEEKDAYS: msgid("Ngày {day:%d/%m/%Y} không được phát theo ngày trong tuần. Căn cứ: {citation}."),
    QUIET: msgid("Ngày {day:%d/%m/%Y} chạm giờ yên tĩnh {start}–{end}. Căn cứ: {citation}."),
    SENSITIVE: msgid(
        "Ngày {day:%d/%m/%Y} chạm giờ {start}–{end} của khu vực cần giữ yên tĩnh. Căn cứ: {citation}."
    ),
    TOGETHER: msgid(
        "Ngày {day:%d/%m/%Y} phát cùng lúc với trạm {other}, hai trạm nghe lẫn nhau. Căn cứ: {citation}."
    ),
    LEVEL: msgid("Mức âm {level} dB, cao nhất {most} dB. Căn cứ: {citation}."),
}
"""Kind → what a breach says."""
WINDOW_FIELDS = {
    SESSIONS: "local_start",
    SESSION_MINUTES: "budget_ms",
    DAY_MINUTES: "budget_ms",
    WEEKDAYS: "rrule",
    LEVEL: "level_cap_mdb",
}
ORDER_FIELDS = {WEEKDAYS: "weekdays", SESSION_MINUTES: "bulletin_id"}
_FIELD = {"window": (WINDOW_FIELDS, "local_start"), "order": (ORDER_FIELDS, "fixed_times")}


@dataclass(frozen=True)
class Ruling:
    """A rule as a value; it holds on the days `valid_from <= day <= valid_to` (None: no end)."""

    id: int
    kind: str
    value: Mapping[str, Any]
    citation: str
    valid_from: date
    valid_to: date | None = None
    unit_id: int | None = None
    tag: str | None = None

    def holds(self, day: date) -> bool:
        """Tell whether the rule is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Sitting:
    """A time `[starts_at, ends_at)` in which a station sounds, on a local day, at most at `level_mdb`."""

    station: str
    day: date
    starts_at: datetime
    ends_at: datetime
    level_mdb: int | None = None


@dataclass(frozen=True)
class Breach:
    """One rule broken on one day; `field` is the part of the form at fault."""

    rule: int
    kind: str
    citation: str
    day: date
    facts: Mapping[str, Any]
    field: str

    @property
    def template(self) -> str:
        """The Vietnamese sentence with its facts' names."""
        return SAID[self.kind]

    @property
    def said(self) -> str:
        """The sentence, the citation in it."""
        return str(self.error())

    def error(self) -> InvalidInputError:
        """Return the refusal; the number of the rule stands among its facts as `rule`."""
        facts = {**self.facts, "day": self.day, "citation": self.citation, "rule": self.rule}
        return InvalidInputError(self.template, field=self.field, **facts)


@dataclass(frozen=True)
class _Day:
    sittings: Sequence[Sitting]
    others: Sequence[Sitting]
    day: date
    zone: ZoneInfo


def breaches(
    sittings: Sequence[Sitting],
    rulings: Collection[Ruling],
    *,
    day: date,
    zone: ZoneInfo,
    others: Sequence[Sitting] = (),
    subject: str = "window",
) -> list[Breach]:
    """Return what a station's whole local `day` breaks, one breach a rule, in the order of the rules.

    `others` are other stations' sittings of the day; `subject` (`window`, `order`) chooses the field.
    """
    if not sittings:
        return []
    fields, otherwise = _FIELD[subject]
    whole = _Day(sittings, others, day, zone)
    found = []
    for ruling in rulings:
        facts = next(_CHECKS[ruling.kind](whole, ruling.value), None) if ruling.holds(day) else None
        if facts is not None:
            field = fields.get(ruling.kind, otherwise)
            found.append(Breach(ruling.id, ruling.kind, ruling.citation, day, facts, field))
    return found


def silences(rulings: Collection[Ruling], day: date) -> tuple[Quiet, ...]:
    """Return the spans of wall time, beginning on `day`, in which a station must be silent by its rules."""
    held = [ruling for ruling in rulings if ruling.holds(day)]
    quiet = [Quiet(r.value["start"], r.value["end"]) for r in held if r.kind == QUIET]
    near = [span for r in held if r.kind == SENSITIVE for span in _spans(r.value, day)]
    return tuple(dict.fromkeys([*quiet, *near]))


def level_cap(rulings: Collection[Ruling], day: date, own: int | None = None) -> int | None:
    """Return the highest gain allowed on `day` (1/1000 dB), the window's `own` cap counted; None: no cap."""
    held = [ruling for ruling in rulings if ruling.holds(day)]
    caps = [r.value["mdb"] for r in held if r.kind == LEVEL]
    caps += [r.value["level_cap_mdb"] for r in held if r.kind == SENSITIVE and "level_cap_mdb" in r.value]
    return min([*caps, *([] if own is None else [own])], default=None)


def room_beside(
    rulings: Collection[Ruling], day: date, held: Sequence[int]
) -> tuple[int | None, int | None, int | None]:
    """Return what rules in force leave on `day` beside broadcasts of these lengths (ms).

    How many sessions more, how long each, how long together; None: no bound.
    """

    def most(kind: str) -> int | None:
        return min((ruling.value["most"] for ruling in rulings if ruling.kind == kind), default=None)

    sessions, longest, total = most(SESSIONS), most(SESSION_MINUTES), most(DAY_MINUTES)
    closed = any(r.kind == WEEKDAYS and str(day.isoweekday()) not in r.value["weekdays"] for r in rulings)
    return (
        0 if closed else None if sessions is None else max(0, sessions - len(held)),
        None if longest is None else longest * MINUTE_MS,
        None if total is None else max(0, total * MINUTE_MS - sum(held)),
    )


def apart(rulings: Collection[Ruling], station: str, day: date) -> frozenset[str]:
    """Return the other stations that must be silent while `station` sounds on `day`."""
    groups = [r.value["stations"] for r in rulings if r.kind == TOGETHER and r.holds(day)]
    return frozenset(name for group in groups if station in group for name in group) - {station}


def handed_over(before: Collection[Ruling], after: Collection[Ruling], day: date) -> tuple[Ruling, ...]:
    """Return the rules of a unit that becomes part of another on `day`, each until or from that day."""
    old, new, last = {r.id for r in before}, {r.id for r in after}, day - timedelta(days=1)
    kept = [
        r if r.id in new else replace(r, valid_to=last if r.valid_to is None else min(last, r.valid_to))
        for r in before
        if r.id in new or r.valid_from <= last
    ]
    come = [replace(r, valid_from=max(day, r.valid_from)) for r in after if r.id not in old]
    return tuple(sorted([*kept, *come], key=lambda ruling: ruling.id))


Facts = Iterator[dict[str, Any]]


def _sessions(whole: _Day, value: Mapping[str, Any]) -> Facts:
    if len(whole.sittings) > value["most"]:
        yield {"count": len(whole.sittings), "most": value["most"]}


def _session_minutes(whole: _Day, value: Mapping[str, Any]) -> Facts:
    longest = max(_milliseconds(sitting) for sitting in whole.sittings)
    if longest > value["most"] * MINUTE_MS:
        yield {"count": -(-longest // MINUTE_MS), "most": value["most"]}


def _day_minutes(whole: _Day, value: Mapping[str, Any]) -> Facts:
    total = sum(_milliseconds(sitting) for sitting in whole.sittings)
    if total > value["most"] * MINUTE_MS:
        yield {"count": -(-total // MINUTE_MS), "most": value["most"]}


def _weekdays(whole: _Day, value: Mapping[str, Any]) -> Facts:
    if str(whole.day.isoweekday()) not in value["weekdays"]:
        yield {}


def _quiet(whole: _Day, value: Mapping[str, Any]) -> Facts:
    yield from _touched(whole, [Quiet(value["start"], value["end"])])


def _sensitive(whole: _Day, value: Mapping[str, Any]) -> Facts:
    yield from _touched(whole, _spans(value, whole.day))


def _together(whole: _Day, value: Mapping[str, Any]) -> Facts:
    for mine in whole.sittings:
        if mine.station in value["stations"]:
            for other in whole.others:
                near = other.station in value["stations"] and other.station != mine.station
                if near and mine.starts_at < other.ends_at and other.starts_at < mine.ends_at:
                    yield {"other": other.station}


def _level(whole: _Day, value: Mapping[str, Any]) -> Facts:
    loudest = max((s.level_mdb for s in whole.sittings if s.level_mdb is not None), default=None)
    if loudest is not None and loudest > value["mdb"]:
        yield {"level": loudest / 1000, "most": value["mdb"] / 1000}


_CHECKS: dict[str, Callable[[_Day, Mapping[str, Any]], Facts]] = {
    SESSIONS: _sessions,
    SESSION_MINUTES: _session_minutes,
    DAY_MINUTES: _day_minutes,
    WEEKDAYS: _weekdays,
    QUIET: _quiet,
    SENSITIVE: _sensitive,
    TOGETHER: _together,
    LEVEL: _level,
}


def _touched(whole: _Day, spans: Sequence[Quiet]) -> Facts:
    for span in spans:
        for sitting in whole.sittings:
            if blocked_until(sitting.starts_at, sitting.ends_at, (span,), whole.zone):
                yield {"start": span.start, "end": span.end}


def _spans(value: Mapping[str, Any], day: date) -> list[Quiet]:
    if str(day.isoweekday()) not in value.get("weekdays", "1234567"):
        return []
    return [Quiet(span["start"], span["end"]) for span in value["spans"]]


def _milliseconds(sitting: Sitting) -> int:
    return round((sitting.ends_at - sitting.starts_at).total_seconds() * 1000)
