"""Packing: the order of filling, the first place that fits, and what is told of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from content.contracts.airings import Level
from scheduler.hearings import Hearing
from scheduler.moments import to_instant, to_ms
from scheduler.shares import week_of
from tests.scheduler.factories import NOW, TODAY, local
from tests.scheduler.packs import (
    DAY,
    MEASURES,
    by_time,
    frame,
    hearing,
    ms,
    packed,
    places,
    quotas,
    signs,
    slot,
    why,
)

BOTH = [frame(), frame("17:00", window=1)]


def test_clips_follow_each_other_with_a_second_between() -> None:
    made = packed([hearing(1), hearing(2)], [frame()])
    assert places(made) == [(1, local("06:00")), (2, local("06:01:01"))]


def test_what_does_not_fit_moves_to_the_next_broadcast_and_says_so() -> None:
    tight = [frame(minutes=2), frame(minutes=2, day=TODAY + DAY)]
    made = packed([hearing(1, seconds=90), hearing(2, seconds=90)], tight)
    assert places(made) == [(1, local("06:00")), (2, local("06:00", TODAY + DAY))]
    assert [place.instead_of for place in made.places] == [None, 0]


def test_the_next_broadcast_may_be_days_later() -> None:
    tight = [frame(minutes=2), frame(minutes=2, day=TODAY + 3 * DAY), frame(minutes=2, day=TODAY + 4 * DAY)]
    made = packed([hearing(n, seconds=90, days=8) for n in (1, 2, 3)], tight)
    assert places(made) == [(1, local("06:00")), (2, local("06:00", TODAY + 3 * DAY))]
    assert [hearing.order for hearing, _, _ in made.left] == [3]


def test_the_days_that_have_passed_count() -> None:
    late = hearing(1, due=TODAY - 3 * DAY, days=8)
    made = packed([late], [frame()], timetable={"held": {TODAY - DAY, TODAY}})
    assert why(made) == ["no_broadcast"]


def test_a_second_hearing_of_the_day_was_not_crowded_out() -> None:
    made = packed([hearing(n=1), hearing(n=2)], BOTH)
    assert [place.instead_of for place in made.places] == [None, None]


@pytest.mark.parametrize(
    ("owed", "frames", "reason"),
    [
        (hearing(seconds=1000), [frame()], "too_long"),
        (hearing(days=1), [frame(day=TODAY + DAY)], "no_broadcast"),
        (hearing(fixed="21:30"), [], "silent"),
        (hearing(days=1), [frame("04:30", 20)], "too_late"),
    ],
)
def test_what_fits_nowhere_comes_back_with_the_reason(owed: Hearing, frames: Any, reason: str) -> None:
    made = packed([owed], frames)
    assert ([*made.places], why(made)) == ([], [reason])


def test_no_room_is_told_with_what_there_was() -> None:
    made = packed([hearing(1, seconds=100, days=1), hearing(2, seconds=100, days=1)], [frame(minutes=3)])
    assert [(reason, facts) for _, reason, facts in made.left] == [
        ("no_room", {"needed": 100, "longest": 79})
    ]


def test_the_same_wording_too_near_is_told() -> None:
    made = packed([hearing(n=1, days=1), hearing(n=2, days=1)], [frame(), frame("08:00", window=1)])
    assert why(made) == ["repeated"]


def test_a_shorter_one_fills_what_is_left() -> None:
    made = packed(
        [hearing(1, seconds=100), hearing(2, seconds=100), hearing(3, seconds=10)], [frame(minutes=2)]
    )
    assert places(made) == [(1, local("06:00")), (3, local("06:01:41"))]


def test_the_second_hearing_of_a_day_goes_to_another_broadcast() -> None:
    made = packed([hearing(n=1), hearing(n=2)], BOTH)
    assert [at for _, at in places(made)] == [local("06:00"), local("17:00")]


def test_one_wording_keeps_three_hours_apart() -> None:
    made = packed([hearing(n=1), hearing(n=2)], [frame(), frame("08:55", window=1)])
    assert [at for _, at in places(made)] == [local("06:00"), local("09:00")]


def test_a_fixed_time_is_kept_and_the_others_go_around() -> None:
    made = packed([hearing(1, seconds=300), hearing(2, fixed="06:01")], [frame()])
    assert places(made) == [(2, local("06:01")), (1, local("06:02:01"))]
    assert made.places[0].frame == 0


def test_by_the_other_policy_nothing_follows_a_fixed_time_in_its_broadcast() -> None:
    owed = [hearing(1, seconds=300), hearing(2, fixed="06:01"), hearing(3, seconds=30)]
    made = packed(owed, BOTH, measures=replace(MEASURES, only_before=True))
    assert sorted(places(made)) == [(1, local("17:00")), (2, local("06:01")), (3, local("06:00"))]


def test_what_starts_late_still_ends_before_a_fixed_time() -> None:
    made = packed([hearing(1, seconds=50), hearing(2, fixed="06:01")], [frame()])
    latest = {place.hearing.order: to_instant(place.latest) for place in made.places}
    assert latest == {1: local("06:00:09"), 2: local("06:03")}


def test_a_fixed_time_outside_of_every_broadcast_stands_alone() -> None:
    [place] = packed([hearing(fixed="10:30")], []).places
    assert (to_instant(place.starts), place.frame) == (local("10:30"), None)


def test_two_at_the_same_fixed_time_follow_each_other() -> None:
    made = packed([hearing(1, fixed="10:00"), hearing(2, fixed="10:00")], [])
    assert places(made) == [(1, local("10:00")), (2, local("10:01:01"))]


def test_what_was_moved_back_lets_the_other_be_late() -> None:
    made = packed([hearing(1, fixed="10:00"), hearing(2, fixed="10:00")], [])
    assert [to_instant(place.latest) for place in made.places] == [local("10:02"), local("10:03:01")]


def test_a_fixed_time_is_not_moved_back_out_of_its_broadcast() -> None:
    made = packed([hearing(fixed="06:05")], [frame()], standing=(slot("06:00", "06:14:30", 9, 0),))
    assert why(made) == ["fixed_taken"]


@pytest.mark.parametrize(
    ("seconds", "at"),
    [(295, local("20:55")), (299, local("06:00", TODAY + DAY)), (300, local("06:00", TODAY + DAY))],
)
def test_what_ends_where_quiet_hours_begin_may_be_late_or_waits(seconds: int, at: Any) -> None:
    made = packed([hearing(seconds=seconds)], [frame("20:55", 5), frame(day=TODAY + DAY)])
    assert places(made) == [(1, at)]


def test_it_ends_there_when_there_is_no_other_place() -> None:
    [place] = packed([hearing(seconds=300)], [frame("20:55", 5)]).places
    assert to_instant(place.starts) == to_instant(place.latest) == local("20:55")


def test_what_ends_where_a_fixed_time_begins_may_be_late_or_goes_elsewhere() -> None:
    owed = [hearing(1, seconds=58), hearing(2, seconds=50), hearing(3, fixed="06:01")]
    made = packed(owed, [frame()])
    assert sorted(places(made)) == [(1, local("06:02:01")), (2, local("06:00")), (3, local("06:01"))]


@pytest.mark.parametrize("seconds", [60, 301])
def test_an_airing_ends_before_quiet_hours_begin(seconds: int) -> None:
    made = packed([hearing(seconds=seconds, days=1)], [frame("20:55", 30)])
    ends = [to_instant(place.starts + place.hearing.ticket.length) for place in made.places]
    assert [end <= local("21:00") for end in ends] == [True] * (seconds < 300)


def test_how_late_it_may_start_ends_before_quiet_hours_too() -> None:
    [place] = packed([hearing(seconds=240)], [frame("20:55", 5)]).places
    assert to_instant(place.latest) == local("20:56")


def test_it_may_start_two_minutes_late() -> None:
    [place] = packed([hearing()], [frame()]).places
    assert to_instant(place.latest) == local("06:02")


def test_nothing_is_placed_in_the_past_or_too_near() -> None:
    made = packed([hearing()], [frame()], soon=to_ms(local("06:05:30")))
    assert places(made) == [(1, local("06:05:30"))]


def test_what_has_a_place_is_not_drawn_nearer_than_the_lock_in() -> None:
    made = packed([hearing()], BOTH, kept={hearing().key: to_ms(local("07:00"))})
    assert places(made) == [(1, local("17:00"))]


def test_an_emergency_sounds_now_even_at_night() -> None:
    [place] = packed([hearing(level=Level.EMERGENCY)], []).places
    assert to_instant(place.starts) == NOW


def test_emergencies_wait_for_each_other_only() -> None:
    urgent = [hearing(n, level=Level.EMERGENCY) for n in (1, 2)]
    made = packed(urgent, [], standing=(slot("04:00", "23:00"),))
    assert places(made) == [(1, NOW), (2, NOW + timedelta(seconds=61))]


def test_what_stands_is_in_the_way() -> None:
    made = packed([hearing()], [frame()], standing=(slot("06:00", "06:10", 9, 0),))
    assert places(made) == [(1, local("06:10:01"))]


def test_a_wording_that_stands_in_a_broadcast_is_not_repeated_there() -> None:
    made = packed([hearing(days=1)], [frame(minutes=240)], standing=(slot("06:00", "06:01", 1, 0),))
    assert why(made) == ["repeated"]


def test_the_order_of_filling() -> None:
    owed = [
        hearing(1),
        hearing(2, last=TODAY + DAY),
        hearing(3),
        hearing(4, level=Level.PRIORITY, until=TODAY + 5 * DAY, days=1),
        hearing(5, level=Level.PRIORITY, until=TODAY + DAY),
        hearing(6, fixed="06:00"),
    ]
    made = packed(owed, [frame()], picks={(TODAY, 3): 1})
    assert by_time(made) == [6, 5, 4, 3, 2, 1]


def test_priority_goes_by_the_end_of_its_range_whatever_the_day() -> None:
    frames = [frame(minutes=2, day=TODAY + n * DAY) for n in range(2)]
    owed = [
        hearing(order, seconds=100, level=Level.PRIORITY, due=TODAY + n * DAY, until=TODAY + until * DAY)
        for order, until in ((1, 5), (2, 3))
        for n in range(2)
    ]
    assert by_time(packed(owed, frames)) == [2, 2]


def test_picks_come_in_the_wards_own_order() -> None:
    made = packed([hearing(1), hearing(2), hearing(3)], [frame()], picks={(TODAY, 3): 1, (TODAY, 2): 2})
    assert by_time(made) == [3, 2, 1]


def test_a_ward_that_fills_by_itself_hears_what_it_picked_and_what_must_be() -> None:
    owed = [hearing(1), hearing(2), hearing(3, level=Level.PRIORITY), hearing(4, fixed="06:10")]
    made = packed(owed, [frame()], picks={(TODAY, 2): 1}, fill="ward")
    assert (by_time(made), why(made)) == ([3, 2, 4], ["not_picked"])


def test_a_pick_rules_the_day_it_was_picked_for_only() -> None:
    frames, picks = [frame(), frame(day=TODAY + DAY)], {(TODAY + DAY, 1): 1}
    made = packed([hearing(), hearing(due=TODAY + DAY)], frames, picks=picks, fill="ward")
    assert (places(made), why(made)) == ([(1, local("06:00", TODAY + DAY))], ["not_picked"])


def test_what_was_picked_for_tomorrow_does_not_go_first_today() -> None:
    frames = [frame(minutes=2), frame(minutes=2, day=TODAY + DAY)]
    owed = [hearing(n, seconds=100, due=TODAY + k * DAY, days=1) for n in (1, 2) for k in (0, 1)]
    made = packed(owed, frames, picks={(TODAY + DAY, 2): 1})
    assert sorted(places(made)) == [(1, local("06:00")), (2, local("06:00", TODAY + DAY))]


def test_what_was_picked_and_found_no_room_waits_until_the_next_days_picks_are_placed() -> None:
    frames = [frame(minutes=2), frame(minutes=4, day=TODAY + DAY)]
    picks = {(TODAY, 1): 1, (TODAY, 2): 2, (TODAY + DAY, 3): 1}
    owed = [hearing(1, seconds=100), hearing(2, seconds=100), hearing(3, seconds=100, due=TODAY + DAY)]
    made = packed(owed, frames, picks=picks, fill="ward")
    assert by_time(made) == [1, 3, 2]


def test_a_relay_needs_no_pick() -> None:
    relay = replace(hearing(1), ticket=replace(hearing(1).ticket, bulletin=None, wording=-1))
    assert by_time(packed([relay, hearing(2)], [frame()], picks={}, fill="ward")) == [1]


def by_programme(*codes: str, **more: Any) -> list[Hearing]:
    return [hearing(n, programme=code, **more) for n, code in enumerate(codes, 1)]


def test_the_largest_share_still_owed_comes_first() -> None:
    made = packed(by_programme("01", "02", "03"), [frame()], quotas=quotas(p02=10, p03=5))
    assert by_time(made) == [2, 3, 1]


def test_the_share_shrinks_with_every_hearing() -> None:
    owed = by_programme("02", "02", "03", "03")
    made = packed(owed, [frame()], quotas=quotas(p02=10, p03=5))
    assert by_time(made) == [1, 3, 2, 4]


def test_what_was_given_this_week_counts() -> None:
    given = {("02", week_of(TODAY)): ms(9)}
    made = packed(by_programme("02", "03"), [frame()], quotas=quotas(p02=10, p03=5), given=given)
    assert by_time(made) == [2, 1]


def test_a_new_week_owes_anew() -> None:
    given, monday = {("02", week_of(TODAY)): ms(10)}, TODAY + 7 * DAY
    made = packed(
        by_programme("03", "02", due=monday),
        [frame(day=monday)],
        quotas=quotas(p02=10, p03=5),
        given={**given, ("03", week_of(monday)): ms(1)},
    )
    assert by_time(made) == [2, 1]


def test_among_equal_shares_the_nearest_end_of_validity_comes_first() -> None:
    owed = [hearing(1, programme="02"), hearing(2, programme="03", last=TODAY + DAY)]
    assert by_time(packed(owed, [frame()], quotas=quotas(p02=10, p03=10))) == [2, 1]


def test_what_stands_counts_at_its_turn_only() -> None:
    owed = by_programme("02", "02", "03", days=1)
    whole = packed(owed, [frame(minutes=1), frame("17:00", window=1)], quotas=quotas(p02=10, p03=10))
    first = whole.places[0]
    later = packed(
        owed,
        [frame(minutes=1), frame("17:00", window=1)],
        quotas=quotas(p02=10, p03=10),
        stays={first.hearing.key},
        standing=(slot("06:00", "06:01", 1, 0),),
    )
    assert places(later) == places(whole)[1:]


SIGNS = signs(opening=10, closing=5)


def sounded(made: Any) -> list[tuple[str, Any]]:
    return [(sign.role, to_instant(sign.starts)) for sign in made.signs]


def test_a_broadcast_is_opened_and_closed() -> None:
    made = packed([hearing(1), hearing(2)], [frame()], signs=SIGNS)
    assert places(made)[0] == (1, local("06:00:11"))
    assert sounded(made) == [("opening", local("06:00")), ("closing", local("06:02:13"))]


def test_an_empty_broadcast_is_not() -> None:
    assert packed([hearing()], [*BOTH], signs=SIGNS).signs[0].frame == 0
    assert packed([], BOTH, signs=SIGNS).signs == []


def test_idents_count_in_the_minutes() -> None:
    made = packed([hearing(days=1)], [frame(minutes=1)], signs=SIGNS)
    assert (made.signs, why(made)) == ([], ["no_room"])


def test_a_fixed_time_at_the_very_start_leaves_no_room_for_an_opening() -> None:
    made = packed([hearing(fixed="06:00")], [frame()], signs=SIGNS)
    assert sounded(made) == [("closing", local("06:01:01"))]


def test_nothing_follows_a_closing_that_stands() -> None:
    stands = {(0, "closing"): (to_ms(local("06:02")), to_ms(local("06:02:05")))}
    taken = (slot("06:00", "06:01", 9, 0), slot("06:02", "06:02:05"))
    made = packed([hearing(days=2)], BOTH, signs=SIGNS, signed=stands, standing=taken)
    assert places(made) == [(1, local("17:00:11"))]


@pytest.mark.parametrize(("last", "opened"), [(TODAY - DAY, 0), (TODAY, 1)])
def test_an_ident_sounds_while_it_is_valid(last: date, opened: int) -> None:
    [sign] = signs(opening=10)
    worn = sign._replace(ticket=replace(sign.ticket, first=TODAY - 9 * DAY, last=last))
    assert len(packed([hearing()], [frame()], signs=(worn,)).signs) == opened


def test_a_relay_keeps_its_hours() -> None:
    hours = ((to_ms(local("06:05")), to_ms(local("06:30"))),)
    assert places(packed([replace(hearing(days=1), hours=hours)], [frame()])) == [(1, local("06:05"))]


@pytest.mark.parametrize("at", ["05:30", "06:03", "06:28", "09:00"])
def test_a_relay_outside_of_its_hours_says_so(at: str) -> None:
    hours = ((to_ms(local("06:05")), to_ms(local("06:30"))),)
    assert why(packed([replace(hearing(fixed=at, seconds=240), hours=hours)], [frame()])) == ["out_of_hours"]


def test_a_broadcast_outside_of_a_relays_hours_was_not_full() -> None:
    hours = ((to_ms(local("16:00")), to_ms(local("18:00"))),)
    [place] = packed([replace(hearing(days=1), hours=hours)], BOTH).places
    assert (place.frame, place.instead_of) == (1, None)


def test_a_fixed_time_too_near_to_the_same_wording_says_so() -> None:
    made = packed([hearing(1, fixed="10:00"), hearing(1, n=2, fixed="11:00")], [])
    assert why(made) == ["repeated"]


def test_an_exception_lifts_a_rules_silence_for_its_order_only() -> None:
    noon = (to_ms(local("10:00")), to_ms(local("11:00")))
    table = {"quiet": (noon,), "strict": (), "excused": frozenset({1})}
    owed = [hearing(1, fixed="10:05"), hearing(2, fixed="10:30")]
    made = packed(owed, [], timetable=table)
    assert (places(made), why(made)) == ([(1, local("10:05"))], ["silent"])
