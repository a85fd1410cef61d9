"""Packing never breaks a rule, whatever it is given, and leaves no gap that something would have fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from content.contracts.airings import Level
from scheduler.hearings import Hearing, Turn
from scheduler.moments import to_ms
from scheduler.packing import pack
from scheduler.shares import Frame, Packed, Place, Share
from scheduler.timeline import Slot
from tests.scheduler.factories import NOW, TODAY
from tests.scheduler.packs import DAY, MEASURES, QUIET, SOON, frame, hearing, ms, share, signs

CODES = ("01", "02", "03")
hearings = st.lists(
    st.builds(
        hearing,
        order=st.integers(1, 12),
        n=st.integers(1, 3),
        seconds=st.integers(5, 400),
        level=st.sampled_from([Level.NORMAL, Level.NORMAL, Level.NORMAL, Level.PRIORITY, Level.EMERGENCY]),
        due=st.integers(0, 2).map(lambda n: TODAY + n * DAY),
        fixed=st.sampled_from([None, None, None, None, "06:03", "10:00", "20:58", "23:00"]),
        wording=st.integers(1, 8),
        programme=st.sampled_from(CODES),
        until=st.integers(2, 5).map(lambda n: TODAY + n * DAY),
        last=st.integers(3, 9).map(lambda n: TODAY + n * DAY),
    ),
    max_size=22,
    unique_by=lambda one: one.key,
)
frames = st.lists(
    st.builds(
        frame,
        start=st.sampled_from(["05:50", "06:00", "08:30", "17:00", "20:50"]),
        minutes=st.integers(1, 20),
        window=st.integers(0, 3),
        day=st.integers(0, 2).map(lambda n: TODAY + n * DAY),
    ),
    max_size=8,
    unique_by=lambda one: (one.window, one.day),
)
picks = st.dictionaries(
    st.tuples(st.integers(0, 2).map(lambda n: TODAY + n * DAY), st.integers(1, 8)),
    st.integers(1, 9),
    max_size=5,
)
more = st.fixed_dictionaries(
    {
        "picks": picks,
        "fill": st.sampled_from(["auto", "auto", "ward"]),
        "quotas": st.dictionaries(st.sampled_from(CODES), st.integers(1, 20).map(ms), max_size=3),
        "signs": st.sampled_from([(), signs(opening=12), signs(opening=12, closing=7)]),
    }
)


def shares(owed: list[Hearing], held: list[Frame], given_more: dict[str, Any]) -> Share:
    return share(owed, held, **given_more)


def pieces(made: Packed) -> list[tuple[int, int]]:
    """Return everything that sounds but emergencies, in order."""
    spans = [(p.starts, p.starts + p.hearing.ticket.length) for p in calm(made)]
    return sorted([*spans, *((s.starts, s.starts + s.ticket.length) for s in made.signs)])


def calm(made: Packed) -> list[Place]:
    return [place for place in made.places if place.hearing.turn is not Turn.EMERGENCY]


def check_spacing(made: Packed) -> None:
    assert all(before[1] + MEASURES.gap <= after[0] for before, after in pairwise(pieces(made)))


def check_quiet(made: Packed) -> None:
    for start, end in pieces(made):
        assert all(end <= begins or ends <= start for begins, ends in QUIET)
    for place in calm(made):
        late = place.latest + place.hearing.ticket.length
        assert all(late <= begins or ends <= place.starts for begins, ends in QUIET)
        assert SOON <= place.starts <= place.latest


def check_repeats(made: Packed) -> None:
    heard: dict[int, list[int]] = {}
    for place in calm(made):
        heard.setdefault(place.hearing.ticket.wording, []).append(place.starts)
    for starts in heard.values():
        assert all(after - before >= MEASURES.repeat for before, after in pairwise(sorted(starts)))


def check_frames(made: Packed, held: Sequence[Frame]) -> None:
    for number, around in enumerate(held):
        inside = [place for place in made.places if place.frame == number]
        told = [sign for sign in made.signs if sign.frame == number]
        used = sum(p.hearing.ticket.length for p in inside) + sum(s.ticket.length for s in told)
        assert used <= around.ends - around.starts
        assert all(around.starts <= p.starts <= around.ends - p.hearing.ticket.length for p in inside)
        assert len({p.hearing.ticket.wording for p in inside}) == len(inside)
        assert bool(inside) or not told


def would_fit(one: Hearing, made: Packed, held: Sequence[Frame]) -> bool:
    """Tell whether some broadcast of its days has an unused gap for a hearing, all rules kept."""
    length, wording = one.ticket.length, one.ticket.wording
    exact = [p.starts for p in made.places if p.starts == p.hearing.fixed]
    taken = pieces(made) + [(at - MEASURES.margin, at) for at in exact]
    taken += [
        (p.starts, p.starts + p.hearing.ticket.length)
        for p in made.places
        if p.hearing.turn is Turn.EMERGENCY
    ]
    starts = [p.starts for p in made.places if p.hearing.ticket.wording == wording]
    for number, around in enumerate(held):
        if around.day not in one.days or any(
            p.frame == number and p.hearing.ticket.wording == wording for p in made.places
        ):
            continue
        ends = [end + MEASURES.gap for _, end in taken] + [at + MEASURES.repeat for at in starts]
        for at in [around.starts, SOON, *ends, *(end for _, end in QUIET)]:
            clear = all(at + length + MEASURES.gap <= b or e + MEASURES.gap <= at for b, e in taken)
            quiet = any(at < e and b < at + length for b, e in QUIET)
            near = any(abs(at - other) < MEASURES.repeat for other in starts)
            within = max(around.starts, SOON) <= at and at + length <= around.ends
            if clear and within and not quiet and not near:
                return True
    return False


@settings(max_examples=150, deadline=None)
@given(hearings, frames, more)
def test_no_plan_breaks_a_rule(owed: list[Hearing], held: list[Frame], rest: dict[str, Any]) -> None:
    held = sorted(held)
    made = pack(shares(owed, held, rest), MEASURES)
    check_spacing(made)
    check_quiet(made)
    check_repeats(made)
    check_frames(made, held)
    told = [*(place.hearing.key for place in made.places), *(one.key for one, _, _ in made.left)]
    assert sorted(told) == sorted(one.key for one in owed)


@settings(max_examples=150, deadline=None)
@given(hearings, frames, more)
def test_no_gap_stays_that_something_owed_would_have_fitted(
    owed: list[Hearing], held: list[Frame], rest: dict[str, Any]
) -> None:
    held = sorted(held)
    rest = {**rest, "fill": "auto", "signs": ()}
    made = pack(shares(owed, held, rest), MEASURES)
    for one, _, _ in made.left:
        assert one.turn is not Turn.NORMAL or not would_fit(one, made, held)


@settings(max_examples=60, deadline=None)
@given(hearings, frames, more, st.randoms(use_true_random=False))
def test_the_same_is_planned_whatever_the_order_it_is_told_in(
    owed: list[Hearing], held: list[Frame], rest: dict[str, Any], chance: Random
) -> None:
    turned = list(owed)
    chance.shuffle(turned)
    assert pack(shares(owed, held, rest), MEASURES) == pack(shares(turned, held, rest), MEASURES)


@settings(max_examples=100, deadline=None)
@given(hearings, frames, more, st.integers(0, 3 * 86_400))
def test_a_plan_stays_as_time_passes(
    owed: list[Hearing], held: list[Frame], rest: dict[str, Any], seconds: int
) -> None:
    held = sorted(held)
    usual = [one for one in owed if one.turn is not Turn.EMERGENCY]
    before = shares(usual, held, {**rest, "signs": ()})
    made = pack(before, MEASURES)
    now = to_ms(NOW) + seconds * 1000
    past = [place for place in made.places if place.starts < now]
    future = [place for place in made.places if place.starts >= now]
    standing = tuple(
        Slot(p.starts, p.starts + p.hearing.ticket.length, p.hearing.ticket.wording, p.frame) for p in past
    )
    later = replace(
        before,
        hearings=[one for one in before.hearings if one.key in {p.hearing.key for p in made.places}],
        now=now,
        soon=now,
        standing=standing,
        stays={place.hearing.key for place in past},
        kept={place.hearing.key: now for place in future},
    )
    again = pack(later, MEASURES)
    assert [(p.hearing.key, p.starts, p.latest) for p in again.places] == [
        (p.hearing.key, p.starts, p.latest) for p in future
    ]
