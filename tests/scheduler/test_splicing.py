"""Splicing: the bytes are those that reading all, changing it and writing all would give."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.contracts import lpjson
from content.contracts.airings import Kind, Level
from content.contracts.instants import format_instant
from content.contracts.manifest import ClipRef, Command, Item, Manifest, Quiet
from scheduler.splicing import spliced, take_apart
from tests.scheduler.factories import NOW

NASTY = ('],"mode":"x', '},{"after_preempt":', '"items":[', '"id":"0"', "\\", '\\"', "Hạ Đình\n", "")
CLIP = ClipRef("a" * 64, 9, "audio/mpeg")
words = st.one_of(st.sampled_from(NASTY), st.text(max_size=8))
names = st.integers(0, 12).map("{:032x}".format)


@st.composite
def an_item(draw: st.DrawFn) -> Item:
    at = NOW + timedelta(minutes=draw(st.integers(-3, 3)))
    return Item(
        id=draw(names),
        kind=Kind.BULLETIN,
        level=draw(st.sampled_from(Level)),
        starts_at=at,
        not_after=at + timedelta(minutes=10),
        duration_ms=1,
        clip=draw(st.sampled_from([CLIP, None])),
        source=draw(st.one_of(st.none(), words)),
        title=draw(words),
        programme=draw(st.one_of(st.none(), words)),
        revision=1,
        approval=None,
        window=None,
    )


@st.composite
def a_manifest(draw: st.DrawFn) -> Manifest:
    items = {item.id: item for item in draw(st.lists(an_item(), max_size=6))}
    orders = [
        Command(str(n), "play", said, said, said, NOW, NOW) for n, said in enumerate(draw(st.lists(words)))
    ]
    return Manifest(
        mode="rehearsal",
        station="ha-dinh-1",
        generation=7,
        issued_at=NOW,
        start=NOW,
        end=NOW + timedelta(days=4),
        time_zone="Asia/Ho_Chi_Minh",
        quiet=(Quiet("21:00", "06:00"),),
        items=tuple(items.values()),
        cancelled=tuple(draw(st.lists(names, unique=True))),
        commands=tuple(orders),
        standby=(CLIP,) if draw(st.booleans()) else (),
    )


@given(
    a_manifest(), st.lists(an_item(), max_size=3, unique_by=lambda item: item.id), st.sets(names, max_size=3)
)
def test_nothing_else_changes(old: Manifest, added: list[Item], recalled: set[str]) -> None:
    later = NOW + timedelta(seconds=5)
    order = Command("new", "stop", None, None, NASTY[0], later, later)
    held = {item.id: item for item in (*old.items, *added) if item.id not in recalled}
    wanted = replace(
        old,
        generation=8,
        issued_at=later,
        start=later,
        items=tuple(held.values()),
        cancelled=tuple({*old.cancelled, *recalled}),
        commands=(order,),
    )
    taken = take_apart(old.encode())
    made = spliced(taken, items=added, recalled=recalled, commands=[order], generation=8, now=later)
    assert made == wanted.encode()
    assert Manifest.decode(made).generation == 8


def test_the_fields_are_told_without_the_items() -> None:
    fields = take_apart(lpjson.encode({"from": format_instant(NOW), "items": [], "mode": "x", "v": 1})).fields
    assert fields == {"from": format_instant(NOW), "mode": "x", "v": 1}


@pytest.mark.parametrize("payload", [b"{}", b'{"a":1,"items":[]}', b'{"items":{},"mode":1}'])
def test_another_form_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="of ours"):
        take_apart(payload)
