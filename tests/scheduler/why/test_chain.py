"""The whole chain: every absence is explained, every airing has its outcome."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import bulletins
from content.db import Database
from content.errors import InvalidInputError, NotFoundError
from content.models.bulletin import RevisionState
from content.models.people import User
from scheduler import calendars, orders, rulebook
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.plan import StationPlan, Unplaced
from scheduler.models.station import Station
from scheduler.models.week_plan import WeekPlan, WeekPlanLine
from scheduler.planning import replan
from scheduler.proof import sweep
from scheduler.weeks import line_digest
from scheduler.why import UNKNOWN, Why, why
from tests.scheduler.conftest import raw
from tests.scheduler.factories import (
    NOW,
    RULES,
    TODAY,
    Scene,
    local,
    make_airing,
    make_bulletin,
    make_order,
    make_scene,
    make_station,
    make_unit,
    make_window,
)

DAY = timedelta(days=1)


def asked(session: Session, scene: Scene, day: date = TODAY, now: datetime = NOW) -> Why:
    return why(session, station=scene.station.name, order_id=scene.order.id, day=day, now=now, rules=RULES)


def unapproved(session: Session, scene: Scene) -> None:
    scene.bulletin.latest.state = RevisionState.SUBMITTED


def recalled(session: Session, scene: Scene) -> None:
    by = session.get_one(User, scene.bulletin.created_by)
    bulletins.recall(session, scene.bulletin, by=by, reason="Số liệu sai", now=NOW)


def cancelled(session: Session, scene: Scene) -> None:
    by = session.get_one(User, scene.order.created_by)
    orders.cancel_order(session, scene.order, reason="Đổi lịch", by=by, now=NOW)


def expired(session: Session, scene: Scene) -> None:
    scene.bulletin.latest.valid_to = TODAY - DAY
    scene.bulletin.latest.valid_from = TODAY - DAY


def another_weekday(session: Session, scene: Scene) -> None:
    scene.order.weekdays = "67"


def another_day(session: Session, scene: Scene) -> None:
    scene.order.first_day = scene.order.last_day = TODAY + DAY


def off_by_calendar(session: Session, scene: Scene) -> None:
    made = calendars.create_calendar(
        session, name="Tuần thi", kind="exam", source="-", days={TODAY: ""}, by="an", now=NOW
    )
    scene.order.calendars = [f"-{made.id}"]


def elsewhere(session: Session, scene: Scene) -> None:
    scene.order.units[0].unit_id = make_unit(session).id


def abolished(session: Session, scene: Scene) -> None:
    scene.unit.valid_to = TODAY


def retired(session: Session, scene: Scene) -> None:
    scene.station.retired_at = NOW


def no_window(session: Session, scene: Scene) -> None:
    scene.window.exdates = [TODAY.isoformat()]


def full(session: Session, scene: Scene) -> None:
    scene.window.budget_ms = 90_000
    make_airing(session, scene.station, window_id=scene.window.id, duration_ms=60_000)


def too_long(session: Session, scene: Scene) -> None:
    scene.window.budget_ms = 30_000


def too_late(session: Session, scene: Scene) -> None:
    scene.order.created_at = local("10:00")


def said_again(session: Session, scene: Scene) -> None:
    make_airing(session, scene.station, window_id=scene.window.id, revision_id=scene.bulletin.latest.id)


def left_to_the_ward(session: Session, scene: Scene) -> None:
    scene.station.fill = "ward"


def noted(session: Session, scene: Scene) -> None:
    left = {"station": scene.station.name, "due": TODAY, "n": 1, "reason": "no_room", "at": NOW}
    session.add(Unplaced(order_id=scene.order.id, detail={}, **left))
    session.flush()


def in_quiet_hours(session: Session, scene: Scene) -> None:
    scene.order.fixed_times = ["05:00"]


def taken(session: Session, scene: Scene) -> None:
    scene.order.fixed_times = ["06:00"]
    make_airing(session, scene.station, title="Tin khác", duration_ms=20 * 60_000)


ABSENCES: list[tuple[Callable[[Session, Scene], None], str, str]] = [
    (unapproved, "approved", "chưa được duyệt"),
    (recalled, "recalled_bulletin", "Số liệu sai"),
    (cancelled, "ordered", "Đổi lịch"),
    (expired, "valid", "nằm ngoài hiệu lực"),
    (another_weekday, "weekday", "không phát vào Thứ Hai"),
    (another_day, "days", "nằm ngoài các ngày của lệnh"),
    (off_by_calendar, "calendar", "Tuần thi"),
    (elsewhere, "reached", "không gồm trạm"),
    (abolished, "reached", "không còn"),
    (retired, "station", "đã ngừng dùng"),
    (no_window, "broadcasting", "không có buổi phát nào"),
    (full, "no_room", "khoảng trống dài nhất"),
    (too_long, "too_long", "dài hơn mọi buổi phát"),
    (too_late, "too_late", "không còn kịp"),
    (said_again, "repeated", "không phát lặp lại"),
    (left_to_the_ward, "not_picked", "phường không chọn"),
    (noted, "unplaced_no_room", "các buổi phát được phép đã đầy"),
    (in_quiet_hours, "quiet", "05:00"),
    (taken, "fixed_taken", "Tin khác"),
]


@pytest.mark.parametrize(("change", "code", "words"), ABSENCES, ids=[one[1] for one in ABSENCES])
def test_an_absence_has_its_reason_and_what_to_do(
    session: Session, change: Callable[[Session, Scene], None], code: str, words: str
) -> None:
    scene = make_scene(session)
    change(session, scene)
    found = asked(session, scene)
    assert (found.verdict.code, found.verdict.ok) == (code, False)
    assert words in found.verdict.said
    assert found.verdict.advice


def test_a_day_beyond_the_horizon_is_waited_for(session: Session) -> None:
    scene = make_scene(session, last_day=TODAY + 20 * DAY)
    found = asked(session, scene, TODAY + 10 * DAY).verdict
    assert (found.code, found.ok) == ("beyond_horizon", None)
    assert "27/11/2026" in found.said


def test_before_the_planner_ran_it_is_waited_for(session: Session) -> None:
    scene = make_scene(session)
    session.add(StationPlan(station=scene.station.name, planned_at=NOW))
    assert asked(session, scene).verdict.code == "waiting"


def test_after_a_day_without_the_planner_that_is_said(session: Session) -> None:
    assert asked(session, make_scene(session), now=NOW + 2 * DAY).verdict.code == "planner_away"


def test_what_broke_a_rule_quotes_it(session: Session) -> None:
    scene = make_scene(session)
    rulebook.create_rule(
        session,
        kind="weekdays",
        value={"weekdays": "67"},
        valid_from=TODAY,
        citation="Quyết định 12",
        by="an",
        now=NOW,
    )
    [broken] = [step for step in asked(session, scene).steps if step.code == "rule"]
    assert "Quyết định 12" in broken.said


def test_a_bulletin_nobody_ordered(session: Session) -> None:
    station = make_station(session)
    bulletin = make_bulletin(session, station.unit)
    found = why(
        session, station=station.name, bulletin_id=bulletin.id, day=TODAY, now=NOW, rules=RULES
    ).verdict
    assert (found.code, found.said) == ("ordered", f"Chưa có lệnh phát nào cho “Bản tin {bulletin.id}”.")


def test_a_bulletin_with_several_orders_is_explained_by_the_nearest(session: Session) -> None:
    scene = make_scene(session)
    make_order(session, scene.bulletin, [make_unit(session).id])
    replan(session, NOW, RULES)
    found = why(
        session, station=scene.station.name, bulletin_id=scene.bulletin.id, day=TODAY, now=NOW, rules=RULES
    )
    assert found.verdict.code == "planned"


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ({"state": "planned", "released_generation": None}, "planned", "chờ giao"),
        ({"state": "released"}, "released", "chờ đến giờ"),
        ({"state": "due"}, "due", "chờ trạm báo"),
        ({"state": "played", "started_at": NOW, "heard_ms": 60_000}, "played", "nghe được 1:00 / 1:00"),
        ({"state": "partial", "heard_ms": 20_000, "reason": "operator"}, "partial", "người vận hành"),
        ({"state": "missed", "reason": "not_delivered"}, "missed", "không nhận được bản kê"),
        ({"state": "cancelled", "reason": "recalled"}, "cancelled", "lệnh bị hủy"),
        ({"state": "preempted", "reason": "emergency"}, "preempted", "Nhường tin khẩn cấp"),
    ],
)
def test_an_airing_tells_what_became_of_it(
    session: Session, facts: dict[str, Any], code: str, words: str
) -> None:
    row = make_airing(session, make_station(session, generation=1, heard_at=NOW), **facts)
    found = why(session, airing_id=row.id, now=NOW, rules=RULES).verdict
    assert found.code == code
    assert words in found.said


def test_silence_is_not_called_missed(session: Session) -> None:
    row = make_airing(session, make_station(session), state="due")
    found = why(session, airing_id=row.id, now=local("07:00"), rules=RULES).verdict
    assert (found.code, found.ok) == ("silent", None)


def test_a_recalled_airing_may_still_sound(session: Session) -> None:
    row = make_airing(session, make_station(session), recalled_at=NOW, note="Đổi lịch")
    found = why(session, airing_id=row.id, now=NOW, rules=RULES)
    [called] = [step for step in found.steps if step.code == "recalled"]
    assert (found.verdict.code, called.ok) == ("recalling", False)
    assert "có thể vẫn phát" in (called.advice or "")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"generation": 0}, "delivered"),
        ({"clips_missing": ["a" * 64]}, "clip"),
        ({"heard_at": NOW - DAY}, "online"),
        ({"heard_at": NOW, "clock_ok": False, "clock_offset_ms": 90_000}, "clock"),
    ],
)
def test_the_chain_tells_what_is_wrong_with_the_station(
    session: Session, facts: dict[str, Any], code: str
) -> None:
    station = make_station(session, **{"generation": 1, "heard_at": NOW, **facts})
    make_window(session, station)
    row = make_airing(session, station, clip_sha256="a" * 64)
    wrong = [step for step in why(session, airing_id=row.id, now=NOW, rules=RULES).steps if step.ok is False]
    assert [step.code for step in wrong] == [code]
    assert all(step.advice for step in wrong)


@pytest.mark.parametrize(
    ("state", "line", "missed", "told"),
    [
        (None, None, False, "week_planned chưa được trình duyệt"),
        ("submitted", None, False, "week_planned đã trình, chưa được duyệt"),
        ("approved", None, False, "week_planned thêm hoặc đổi sau khi"),
        ("approved", "other", False, "week_planned thêm hoặc đổi sau khi"),
        ("submitted", "same", False, "planned đã được duyệt lúc"),
        ("approved", "same", False, "planned đã được duyệt lúc"),
        ("submitted", None, True, "week_missed không được duyệt kịp giờ phát"),
        ("approved", "same", True, "missed đã được duyệt lúc"),
    ],
)
def test_a_week_that_waits_for_its_approver(
    session: Session, state: str | None, line: str | None, *, missed: bool, told: str
) -> None:
    """The verdict names the approval where that is what the airing waits for, or waited for in vain."""
    scene = make_scene(session)
    scene.unit.week_approval = True
    row = make_airing(session, scene.station, state="planned", released_generation=None)
    if state is not None:
        approved_at = NOW if line or state == "approved" else None
        plan = WeekPlan(unit_id=scene.unit.id, monday=TODAY, state=state, approved_at=approved_at)
        session.add(plan)
        session.flush()
        if line is not None:
            digest = line_digest(row) if line == "same" else "-"
            session.add(WeekPlanLine(airing=row.id, plan_id=plan.id, digest=digest))
    if missed:
        sweep(session, local("07:00"))
        session.refresh(row)
    found = why(session, airing_id=row.id, now=NOW, rules=RULES)
    [step] = [step for step in found.steps if step.code == "week"]
    code, words = told.split(" ", 1)
    assert (found.verdict.code, words in step.said) == (code, True)
    assert (step.ok is False) == code.startswith("week_") == (step.advice is not None)


def test_what_the_planner_took_off_is_told_by_its_own_cause(session: Session) -> None:
    """The ward takes the choice upon itself: there is room, and still the airing goes."""
    scene = make_scene(session)
    replan(session, NOW, RULES)
    scene.station.fill = "ward"
    session.flush()
    replan(session, NOW, RULES)
    row = session.scalars(select(Airing)).one()
    for found in (why(session, airing_id=row.id, now=NOW, rules=RULES), asked(session, scene)):
        assert (row.state, found.verdict.code) == ("cancelled", "cancelled")
        assert "phường chưa chọn bản tin này" in found.verdict.said
        assert found.verdict.advice == "Phường chọn bài ở trang Đài phường."


def test_what_is_owed_no_longer_is_told_as_that(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    scene.order.weekdays = "67"
    session.flush()
    replan(session, NOW, RULES)
    row = session.scalars(select(Airing)).one()
    said = why(session, airing_id=row.id, now=NOW, rules=RULES).verdict.said
    assert "lệnh phát đổi, không còn gồm lượt này" in said


def test_moves_and_days_carried_over_are_told(session: Session) -> None:
    scene = make_scene(session)
    row = make_airing(
        session, scene.station, starts_at=local("06:00", TODAY + DAY), due=TODAY, n=1, order_id=scene.order.id
    )
    session.add(AiringChange(airing=row.id, at=NOW, state="planned", starts_at=row.starts_at, by="planner"))
    session.flush()
    codes = {step.code for step in why(session, airing_id=row.id, now=NOW, rules=RULES).steps}
    assert {"carried", "moved"} <= codes


def test_an_emergency_that_came_between_is_named(session: Session) -> None:
    station = make_station(session)
    row = make_airing(session, station, state="preempted", reason="emergency", started_at=local("06:00"))
    make_airing(session, station, level="emergency", title="Bão", starts_at=local("06:00:20"))
    said = [
        s.said for s in why(session, airing_id=row.id, now=NOW, rules=RULES).steps if s.code == "preempted"
    ]
    assert said[0] == "Tin khẩn cấp “Bão” phát lúc 06:00:20 chen vào."


def test_what_the_station_began_itself_has_an_outcome(session: Session) -> None:
    row = make_airing(session, make_station(session), kind="live", released_generation=None, state="played")
    assert why(session, airing_id=row.id, now=NOW, rules=RULES).verdict.code == "played"


@pytest.mark.parametrize(
    "question",
    [
        {"airing_id": "0" * 32},
        {"station": "khong-co", "order_id": 1, "day": TODAY},
        {"station": "tram", "order_id": 99, "day": TODAY},
        {"station": "tram", "bulletin_id": 99, "day": TODAY},
    ],
)
def test_what_there_never_was(session: Session, question: dict[str, Any]) -> None:
    make_station(session, "tram")
    with pytest.raises(NotFoundError):
        why(session, now=NOW, rules=RULES, **question)


def test_half_a_question_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInputError):
        why(session, station="tram", now=NOW, rules=RULES)


ORDER = st.fixed_dictionaries(
    {
        "first": st.integers(0, 3),
        "long": st.integers(0, 5),
        "weekdays": st.sampled_from(["1234567", "135", "67", "12345"]),
        "times_per_day": st.integers(1, 3),
        "fixed": st.sampled_from([[], [], ["06:05"], ["17:00"]]),
        "level": st.sampled_from(["normal", "priority"]),
        "seconds": st.sampled_from([30, 200, 800, 1200]),
        "units": st.sets(st.integers(0, 2), min_size=1),
        "fate": st.sampled_from([None, None, None, cancelled, unapproved, recalled, expired]),
    }
)
WINDOWS = st.lists(
    st.tuples(
        st.sampled_from(["06:00", "17:00"]),
        st.sampled_from([2, 5, 15]),
        st.sampled_from(["MO,WE,FR", "SA", "MO,TU,WE,TH,FR"]),
    ),
    max_size=2,
    unique_by=lambda one: one[0],
)


@settings(max_examples=25, deadline=None)
@given(asked_for=st.lists(ORDER, min_size=1, max_size=4), windows=st.lists(WINDOWS, min_size=3, max_size=3))
def test_every_order_station_and_day_that_got_nothing_has_a_why(
    template: sqlite3.Connection, asked_for: list[dict[str, Any]], windows: list[list[tuple[str, int, str]]]
) -> None:
    database = Database.open("sqlite://")
    template.backup(raw(database))
    with database.session(write=True) as session:
        stations = [make_station(session) for _ in range(3)]
        for station, held in zip(stations, windows, strict=True):
            for start, minutes, days in held:
                rrule = f"FREQ=WEEKLY;BYDAY={days}"
                since = date(2026, 11, 2)
                make_window(
                    session, station, minutes=minutes, local_start=start, rrule=rrule, first_day=since
                )
        placed = [_order(session, stations, one) for one in asked_for]
        replan(session, NOW, RULES)
        for one, scene in zip(asked_for, placed, strict=True):
            if one["fate"] is not None:
                one["fate"](session, scene)
        replan(session, NOW, RULES)
        unknown = [
            found
            for scene in placed
            for found in _absences(session, scene.order.id, stations)
            if found.verdict.code in {UNKNOWN, "waiting", "planner_away"}
        ]
        assert unknown == []
    database.dispose()


def _absences(session: Session, order: int, stations: list[Station]) -> Iterator[Why]:
    query = select(Airing.station, Airing.due).where(Airing.order_id == order)
    held = {(station, due) for station, due in session.execute(query)}
    for station in stations:
        for day in (TODAY + n * DAY for n in range(-1, 9)):
            if (station.name, day) not in held:
                yield why(session, station=station.name, order_id=order, day=day, now=NOW, rules=RULES)


def _order(session: Session, stations: list[Station], one: dict[str, Any]) -> Scene:
    station = stations[min(one["units"])]
    bulletin = make_bulletin(session, station.unit, seconds=one["seconds"], level=one["level"])
    first = TODAY + one["first"] * DAY
    order = make_order(
        session,
        bulletin,
        [stations[n].unit_id for n in sorted(one["units"])],
        first_day=first,
        last_day=first + one["long"] * DAY,
        weekdays=one["weekdays"],
        times_per_day=len(one["fixed"]) or one["times_per_day"],
        fixed_times=one["fixed"],
        level=one["level"],
    )
    return Scene(station.unit, station, make_window(session, make_station(session)), bulletin, order)
