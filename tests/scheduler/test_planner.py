"""The planner: pure, deterministic, and never against the rules, whatever it is given."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.contracts.airings import Level
from content.models.bulletin import Approval
from scheduler.hearings import Hearing
from scheduler.planner import Placement, StationPlan, plan_station
from scheduler.quiet import blocked_until
from scheduler.recurrence import Broadcast
from scheduler.timeline import Slot
from tests.scheduler.factories import NOW, RULES, TODAY, ZONE, local

DAY = timedelta(days=1)
SOON = NOW + RULES.lead


def hearing(
    order: int = 1,
    *,
    n: int = 1,
    seconds: float = 60,
    level: Level = Level.NORMAL,
    due: date = TODAY,
    fixed: str | None = None,
    revision: int | None = None,
    days: int = 2,
    not_before: datetime = SOON,
) -> Hearing:
    wording = Approval(id=order, revision_id=revision or order, duration_ms=int(seconds * 1000))
    allowed = tuple(due + DAY * k for k in range(days))
    at = local(fixed, due) if fixed else None
    return Hearing(order, "tram", due, n, level, wording, allowed, not_before, at)


def broadcast(start: str = "06:00", minutes: int = 15, *, window: int = 1, day: date = TODAY) -> Broadcast:
    begins = local(start, day)
    return Broadcast(begins, begins + timedelta(minutes=minutes), window, day)


def plan(
    hearings: list[Hearing], broadcasts: list[Broadcast], standing: tuple[Slot, ...] = ()
) -> StationPlan:
    return plan_station(hearings, broadcasts, standing, now=NOW, rules=RULES)


def places(made: StationPlan) -> list[tuple[int, datetime]]:
    return [(placement.hearing.order, placement.starts_at) for placement in made.placements]


def test_clips_follow_each_other_with_a_second_between() -> None:
    made = plan([hearing(1), hearing(2)], [broadcast()])
    assert places(made) == [(1, local("06:00")), (2, local("06:01:01"))]


def test_priority_goes_before_normal() -> None:
    made = plan([hearing(1), hearing(2, level=Level.PRIORITY)], [broadcast()])
    assert [order for order, _ in places(made)] == [2, 1]


def test_what_does_not_fit_moves_to_the_next_broadcast() -> None:
    tight = [broadcast(minutes=2), broadcast(minutes=2, day=TODAY + DAY)]
    made = plan([hearing(1, seconds=90), hearing(2, seconds=90)], tight)
    assert places(made) == [(1, local("06:00")), (2, local("06:00", TODAY + DAY))]


def test_what_fits_nowhere_comes_back() -> None:
    too_long = hearing(seconds=1000)
    made = plan([too_long], [broadcast()])
    assert (made.placements, made.unplaced) == ([], [too_long])


def test_a_shorter_one_fills_what_is_left() -> None:
    made = plan(
        [hearing(1, seconds=100), hearing(2, seconds=100), hearing(3, seconds=10)], [broadcast(minutes=2)]
    )
    assert places(made) == [(1, local("06:00")), (3, local("06:01:41"))]


def test_the_second_hearing_of_a_day_goes_to_another_broadcast() -> None:
    both = [broadcast(), broadcast("17:00", window=2)]
    made = plan([hearing(n=1), hearing(n=2)], both)
    assert [at for _, at in places(made)] == [local("06:00"), local("17:00")]


def test_one_wording_keeps_three_hours_apart() -> None:
    near = [broadcast(), broadcast("08:55", window=2)]
    made = plan([hearing(n=1), hearing(n=2)], near)
    assert [at for _, at in places(made)] == [local("06:00"), local("09:00")]


def test_a_fixed_time_is_kept_and_the_others_go_around() -> None:
    made = plan([hearing(1, seconds=300), hearing(2, fixed="06:01")], [broadcast()])
    assert places(made) == [(2, local("06:01")), (1, local("06:02:01"))]
    assert made.placements[0].window == 1


def test_a_fixed_time_outside_of_every_broadcast_stands_alone() -> None:
    [placement] = plan([hearing(fixed="10:30")], []).placements
    assert (placement.starts_at, placement.window) == (local("10:30"), None)


def test_two_at_the_same_fixed_time_follow_each_other() -> None:
    made = plan([hearing(1, fixed="10:00"), hearing(2, fixed="10:00")], [])
    assert places(made) == [(1, local("10:00")), (2, local("10:01:01"))]


def test_a_fixed_time_in_quiet_hours_finds_no_place() -> None:
    assert plan([hearing(fixed="21:30")], []).placements == []


@pytest.mark.parametrize("seconds", [60, 301])
def test_an_airing_ends_before_quiet_hours_begin(seconds: int) -> None:
    evening = [broadcast("20:55", 30)]
    made = plan([hearing(seconds=seconds, days=1)], evening)
    assert [placement.ends_at <= local("21:00") for placement in made.placements] == [True] * (seconds < 300)


def test_how_late_it_may_start_ends_before_quiet_hours_too() -> None:
    [placement] = plan([hearing(seconds=240)], [broadcast("20:55", 5)]).placements
    assert placement.not_after == local("20:56")


def test_nothing_is_placed_in_the_past_or_too_near() -> None:
    made = plan([hearing(not_before=local("06:05:30"))], [broadcast()])
    assert places(made) == [(1, local("06:05:30"))]


def test_an_emergency_sounds_now_even_at_night() -> None:
    [placement] = plan([hearing(level=Level.EMERGENCY)], []).placements
    assert placement.starts_at == NOW
    assert blocked_until(NOW, NOW + DAY / 1440, RULES.quiet, ZONE)


def test_emergencies_wait_for_each_other_only() -> None:
    busy = (Slot(NOW, NOW + timedelta(minutes=9), 5), Slot(NOW, NOW + timedelta(minutes=1), 6, urgent=True))
    [placement] = plan_station([hearing(level=Level.EMERGENCY)], [], busy, now=NOW, rules=RULES).placements
    assert placement.starts_at == NOW + timedelta(seconds=61)


def test_what_stands_is_not_touched() -> None:
    standing = (Slot(local("06:00"), local("06:10"), 9, 1, TODAY),)
    assert places(plan([hearing()], [broadcast()], standing)) == [(1, local("06:10:01"))]


def test_a_wording_that_stands_in_a_broadcast_is_not_repeated_there() -> None:
    standing = (Slot(local("06:00"), local("06:01"), 1, 1, TODAY),)
    assert plan([hearing(days=1)], [broadcast(minutes=240)], standing).placements == []


hearings = st.lists(
    st.builds(
        hearing,
        order=st.integers(1, 12),
        n=st.integers(1, 3),
        seconds=st.integers(5_000, 400_000).map(lambda ms: ms / 1000),
        level=st.sampled_from([Level.NORMAL, Level.NORMAL, Level.PRIORITY, Level.EMERGENCY]),
        due=st.integers(0, 2).map(lambda n: TODAY + n * DAY),
        fixed=st.sampled_from([None, None, None, "06:03", "10:00", "20:58", "23:00"]),
        revision=st.integers(1, 6),
    ),
    max_size=25,
    unique_by=lambda hearing: hearing.id,
)
broadcasts = st.lists(
    st.builds(
        broadcast,
        start=st.sampled_from(["05:50", "06:00", "08:30", "17:00", "20:50"]),
        minutes=st.integers(1, 20),
        window=st.integers(1, 4),
        day=st.integers(0, 2).map(lambda n: TODAY + n * DAY),
    ),
    max_size=8,
    unique_by=lambda held: (held.window, held.day),
)


def ordinary(made: StationPlan) -> list[Placement]:
    return [p for p in made.placements if p.hearing.level is not Level.EMERGENCY]


def check_spacing(made: StationPlan) -> None:
    for before, after in pairwise(sorted(made.placements, key=lambda placement: placement.starts_at)):
        assert before.ends_at + RULES.gap <= after.starts_at


def check_quiet(made: StationPlan) -> None:
    for placed in ordinary(made):
        assert blocked_until(placed.starts_at, placed.ends_at, RULES.quiet, ZONE) is None
        assert placed.starts_at >= placed.hearing.not_before
        assert placed.starts_at <= placed.not_after


def check_repeats(made: StationPlan) -> None:
    heard: dict[int, list[datetime]] = {}
    for placed in sorted(ordinary(made), key=lambda placement: placement.starts_at):
        starts = heard.setdefault(placed.hearing.revision, [])
        assert all(placed.starts_at - start >= RULES.repeat for start in starts)
        starts.append(placed.starts_at)


def check_broadcasts(made: StationPlan, held: list[Broadcast]) -> None:
    for around in held:
        inside = [
            p
            for p in ordinary(made)
            if p.window == around.window and around.starts_at <= p.starts_at < around.ends_at
        ]
        assert all(placed.ends_at <= around.ends_at for placed in inside)
        assert sum((p.hearing.duration for p in inside), timedelta()) <= around.ends_at - around.starts_at
        assert len({p.hearing.revision for p in inside}) == len(inside)


@settings(max_examples=150, deadline=None)
@given(hearings, broadcasts)
def test_no_plan_breaks_a_rule(owed: list[Hearing], held: list[Broadcast]) -> None:
    made = plan(owed, held)
    check_spacing(made)
    check_quiet(made)
    check_repeats(made)
    check_broadcasts(made, held)
    assert len(made.placements) + len(made.unplaced) == len(owed)


@settings(max_examples=60, deadline=None)
@given(hearings, broadcasts, st.randoms(use_true_random=False))
def test_the_same_is_planned_whatever_the_order_it_is_told_in(
    owed: list[Hearing], held: list[Broadcast], chance: object
) -> None:
    turned = list(reversed(owed))
    assert places(plan(owed, held)) == places(plan(turned, list(reversed(held))))


@settings(max_examples=60, deadline=None)
@given(hearings, broadcasts, st.integers(0, 3 * 86_400))
def test_a_plan_stays_as_time_passes(owed: list[Hearing], held: list[Broadcast], seconds: int) -> None:
    calm = [hearing for hearing in owed if hearing.level is not Level.EMERGENCY]
    made = plan(calm, held)
    lower = NOW + timedelta(seconds=seconds) + RULES.lead
    past = [placed for placed in made.placements if placed.starts_at < lower]
    days = {placed.hearing.id: _day(placed, held) for placed in past}
    standing = tuple(
        Slot(p.starts_at, p.ends_at, p.hearing.revision, p.window, days[p.hearing.id]) for p in past
    )
    future = [placed for placed in made.placements if placed.starts_at >= lower]
    again = plan_station(
        [_later(placed.hearing, lower) for placed in future], held, standing, now=lower, rules=RULES
    )
    assert places(again) == places(StationPlan(future))


def _day(placed: Placement, held: list[Broadcast]) -> date | None:
    around = [b for b in held if b.window == placed.window and b.starts_at <= placed.starts_at < b.ends_at]
    return around[0].day if around else None


def _later(owed: Hearing, lower: datetime) -> Hearing:
    return Hearing(
        owed.order, owed.station, owed.due, owed.n, owed.level, owed.approval, owed.days, lower, owed.fixed
    )
