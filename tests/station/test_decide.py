"""The pure decisions: what to make ready, begin, refuse, resume."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from content.contracts.airings import Level, Reason, State
from content.contracts.manifest import Item, Manifest, Quiet
from station.decide import Facts, Held, Plan, Refusal, Start, decide
from tests.station.fakes import NOON, make_item, make_manifest

SECOND = timedelta(seconds=1)
STREAM = "https://phat.example.vn/vov1"
CLIP_1 = make_item(1).clip
SHA_1 = CLIP_1.sha256 if CLIP_1 else ""
EVENING = NOON + timedelta(hours=9) - timedelta(seconds=30)  # 20:59:30 at the ward


def production(*items: Item, **fields: Any) -> Manifest:
    return make_manifest(*items, mode="production", **fields)


def plan_for(*items: Item, now: datetime = NOON, **facts: Any) -> Plan:
    return decide(production(*items), Facts(**facts), now)


def test_nothing_is_done_long_before() -> None:
    assert plan_for(make_item(at=NOON + 30 * SECOND)) == Plan()


def test_the_next_two_airings_are_made_ready() -> None:
    first, second, third = (make_item(number, at=NOON + number * SECOND) for number in (5, 6, 7))
    assert plan_for(first, second, third).preload == (first, second)


def test_an_airing_begins_on_its_instant() -> None:
    item = make_item(at=NOON + SECOND / 4)
    assert plan_for(item).start == Start(item, item.starts_at)


def test_an_airing_that_is_late_but_not_too_late_begins_now() -> None:
    item = make_item(at=NOON - 30 * SECOND)
    assert plan_for(item).start == Start(item, NOON)


@pytest.mark.parametrize(
    ("facts", "item", "outcome", "reason"),
    [
        ({}, {}, State.MISSED, Reason.LATE),
        ({"unready": {SHA_1: Reason.CLIP_MISSING}}, {}, State.MISSED, Reason.CLIP_MISSING),
        ({"unready": {SHA_1: Reason.CLIP_CORRUPT}}, {}, State.MISSED, Reason.CLIP_CORRUPT),
        ({"troubled": {make_item(1).id}}, {}, State.MISSED, Reason.PLAYER_FAILED),
        ({"clock_ok": False}, {}, State.MISSED, Reason.CLOCK_UNTRUSTED),
        ({}, {"clip": None}, State.MISSED, Reason.CLIP_MISSING),
        ({}, {"clip": None, "source": STREAM}, State.MISSED, Reason.LATE),
        ({"unready": {SHA_1: Reason.CLIP_MISSING}}, {"source": STREAM}, State.MISSED, Reason.LATE),
        ({"emergencies": ((NOON, None),)}, {}, State.PREEMPTED, Reason.EMERGENCY),
        ({"emergencies": ((NOON, NOON + SECOND),)}, {}, State.MISSED, Reason.LATE),
        ({"emergencies": ((NOON, NOON + 90 * SECOND),)}, {}, State.PREEMPTED, Reason.EMERGENCY),
    ],
)
def test_too_late_has_a_reason(
    facts: dict[str, Any], item: dict[str, Any], outcome: State, reason: Reason
) -> None:
    airing = make_item(1, **item)
    plan = plan_for(airing, now=NOON + 61 * SECOND, **facts)
    assert plan.refusals == (Refusal(airing, outcome, reason),)


def test_at_not_after_itself_it_still_begins() -> None:
    item = make_item()
    assert plan_for(item, now=item.not_after).start == Start(item, item.not_after)


@pytest.mark.parametrize(
    ("seconds", "duration_ms", "begins"),
    [(0, 30_000, True), (0, 30_001, False), (1, 29_500, False), (-20, 10_000, True)],
)
def test_an_airing_must_end_before_quiet_hours(seconds: int, duration_ms: int, begins: bool) -> None:
    item = make_item(at=EVENING + seconds * SECOND, duration_ms=duration_ms)
    plan = plan_for(item, now=max(EVENING, item.starts_at))
    assert (plan.start is not None) == begins
    assert [refusal.reason for refusal in plan.refusals] == ([] if begins else [Reason.QUIET_HOURS])


def test_an_airing_just_before_the_quiet_ends_waits_for_it() -> None:
    morning = NOON + timedelta(hours=18)  # 06:00 at the ward
    item = make_item(at=morning - 10 * SECOND)
    assert plan_for(item, now=morning - 10 * SECOND) == Plan(preload=(item,))
    assert plan_for(item, now=morning).start == Start(item, morning)


def test_a_manifest_without_quiet_hours_does_not_lift_them() -> None:
    item = make_item(at=EVENING + 60 * SECOND)
    plan = decide(production(item, quiet=()), Facts(), item.starts_at)
    assert plan.refusals == (Refusal(item, State.MISSED, Reason.QUIET_HOURS),)


def test_the_manifest_may_name_other_quiet_hours() -> None:
    item = make_item(at=EVENING + 60 * SECOND)
    plan = decide(production(item, quiet=(Quiet("22:00", "05:00"),)), Facts(), item.starts_at)
    assert plan.start == Start(item, item.starts_at)


def test_an_emergency_does_not_ask_for_the_hour() -> None:
    item = make_item(at=EVENING + 60 * SECOND, level=Level.EMERGENCY)
    assert plan_for(item, now=item.starts_at).start == Start(item, item.starts_at)


def test_priority_keeps_quiet_hours() -> None:
    item = make_item(at=EVENING + 60 * SECOND, level=Level.PRIORITY)
    assert plan_for(item, now=item.starts_at).start is None


def test_in_rehearsal_quiet_hours_are_noted() -> None:
    item = make_item(at=EVENING + 60 * SECOND)
    plan = decide(make_manifest(item), Facts(), item.starts_at)
    assert plan.start
    assert plan.start.note == "quiet_in_rehearsal"


def test_nothing_begins_while_something_sounds() -> None:
    assert plan_for(make_item(1), playing=make_item(2)).start is None


@pytest.mark.parametrize(
    ("ends", "wanted", "begins"),
    [
        (0.4, 0.4, 0.4),
        (0.4, -10, 0),
        (0.2, 0.4, 0.4),
        (0.4, 1.1, None),
        (1.1, 0.4, None),
        (0.4, -59.5, 0),
        (0.4, -59.7, None),
    ],
)
def test_what_follows_is_handed_over_before_the_one_before_it_has_ended(
    ends: float, wanted: float, begins: float | None
) -> None:
    item = make_item(1, at=NOON + wanted * SECOND)
    plan = plan_for(item, playing=make_item(2), ends_at=NOON + ends * SECOND)
    assert plan.start == (None if begins is None else Start(item, NOON + begins * SECOND))


def test_only_one_follows() -> None:
    facts: dict[str, Any] = {"playing": make_item(2), "ends_at": NOON + SECOND / 4, "following": make_item(3)}
    assert plan_for(make_item(1), **facts).start is None


def test_an_emergency_follows_an_emergency() -> None:
    item = make_item(1, level=Level.EMERGENCY)
    facts: dict[str, Any] = {"playing": make_item(2, level=Level.EMERGENCY), "ends_at": NOON + SECOND / 4}
    assert plan_for(item, **facts).start == Start(item, NOON)


def test_what_would_follow_into_quiet_hours_does_not() -> None:
    now = EVENING + 20 * SECOND
    item = make_item(1, at=now)
    assert plan_for(item, now=now, playing=make_item(2), ends_at=now + SECOND / 4).start is None


@pytest.mark.parametrize(("seconds", "opened"), [(4, False), (2, True)])
def test_a_stream_is_opened_late(seconds: float, opened: bool) -> None:
    item = make_item(1, at=NOON + seconds * SECOND, clip=None, source=STREAM)
    assert plan_for(item).preload == ((item,) if opened else ())


def test_a_relay_begins_without_a_clip() -> None:
    item = make_item(1, clip=None, source=STREAM)
    assert plan_for(item).start == Start(item, NOON)


def test_an_emergency_cuts_what_sounds() -> None:
    item = make_item(1, level=Level.EMERGENCY)
    assert plan_for(item, playing=make_item(2)).start == Start(item, NOON, cut=True)


def test_an_emergency_waits_for_an_emergency() -> None:
    item = make_item(1, level=Level.EMERGENCY)
    assert plan_for(item, playing=make_item(2, level=Level.EMERGENCY)).start is None


def test_an_emergency_without_its_clip_cuts_nothing() -> None:
    item = make_item(1, level=Level.EMERGENCY)
    plan = plan_for(item, playing=make_item(2), unready={SHA_1: Reason.CLIP_MISSING})
    assert (plan.start, plan.preload) == (None, ())


def test_with_a_wrong_clock_only_emergencies_sound() -> None:
    ordinary, urgent = make_item(1), make_item(2, at=NOON + timedelta(hours=1), level=Level.EMERGENCY)
    plan = plan_for(ordinary, urgent, clock_ok=False)
    assert plan.start == Start(urgent, NOON)


def test_what_is_taken_is_never_looked_at_again() -> None:
    item = make_item(1)
    assert plan_for(item, now=NOON + timedelta(hours=1), taken={item.id}) == Plan()


def test_what_is_recalled_is_refused_however_far_ahead() -> None:
    item = make_item(1, at=NOON + timedelta(days=2))
    plan = decide(production(item, cancelled=(item.id,)), Facts(), NOON)
    assert plan.refusals == (Refusal(item, State.CANCELLED, Reason.RECALLED),)


def test_what_was_called_for_begins_before_its_time_and_after_it() -> None:
    early, late = make_item(1, at=NOON + timedelta(hours=1)), make_item(1, at=NOON - timedelta(hours=1))
    assert plan_for(early, called={early.id}).start == Start(early, NOON)
    assert plan_for(late, called={late.id}).start == Start(late, NOON)


def test_with_the_journal_lost_what_was_due_before_is_not_risked() -> None:
    item = make_item(1, at=NOON - 10 * SECOND)
    plan = plan_for(item, not_before=NOON)
    assert [refusal.outcome for refusal in plan.refusals] == [State.MISSED]
    assert plan.start is None


@pytest.mark.parametrize(
    ("playing", "now", "resume"),
    [
        (None, NOON, True),
        (make_item(2), NOON, None),
        (None, EVENING + 28 * SECOND, False),
        (None, EVENING + 25 * SECOND, True),
    ],
)
def test_what_was_cut_off_comes_back_unless_quiet_hours_are_near(
    playing: Item | None, now: datetime, resume: bool | None
) -> None:
    held = Held(item=make_item(1, at=now - 30 * SECOND), remaining_ms=5000)
    assert plan_for(now=now, playing=playing, held=held).resume is resume


def test_what_has_nothing_left_to_sound_does_not_come_back() -> None:
    assert plan_for(held=Held(item=make_item(1), remaining_ms=0)).resume is False


def test_what_was_cut_off_goes_before_what_comes_next() -> None:
    held = Held(item=make_item(1), remaining_ms=5000)
    plan = plan_for(make_item(2), held=held)
    assert (plan.start, plan.resume) == (None, True)


@pytest.mark.parametrize(("seconds", "cut"), [(29, False), (30.5, False), (31.5, True)])
def test_what_sounds_into_quiet_hours_is_cut(seconds: float, cut: bool) -> None:
    assert plan_for(now=EVENING + seconds * SECOND, playing=make_item(1)).cut_quiet is cut


def test_what_begins_is_always_what_is_made_ready() -> None:
    waiting = make_item(1, at=EVENING, duration_ms=60_000, not_after=EVENING + timedelta(hours=10))
    short = replace(make_item(2, at=EVENING), duration_ms=5000)
    plan = plan_for(waiting, short, now=EVENING)
    assert plan.start == Start(short, EVENING)
    assert short in plan.preload
