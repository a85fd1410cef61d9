"""Orders from the manifest: each done once, and told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.contracts.airings import Level
from content.contracts.manifest import Command, Item
from tests.station.fakes import NOON, make_command, make_item, make_manifest
from tests.station.ward import Ward

FIRST = make_item(1, at=NOON + timedelta(seconds=10))
LATER = make_item(2, at=NOON + timedelta(hours=1))


def order(ward: Ward, *commands: Command, items: tuple[Item, ...] = (FIRST, LATER)) -> None:
    generation = (ward.agent.programme.generation or 0) + 1
    ward.deliver(make_manifest(*items, generation=generation, commands=commands))
    ward.agent.step()


def told(ward: Ward) -> list[tuple[str | None, str | None, str | None]]:
    """Return (note, reason, by) of the command records."""
    return [
        (record.note, record.reason and str(record.reason), record.by)
        for record in ward.records
        if record.event == "command"
    ]


def playing(ward: Ward) -> Ward:
    """Return the ward 4 s into the first airing."""
    order(ward)
    ward.spend(14)
    return ward


def test_pause_and_resume(ward: Ward) -> None:
    order(playing(ward), make_command("pause", number=1))
    ward.spend(20)
    assert ward.ends() == []
    order(ward, make_command("resume", number=2))
    ward.spend(7)
    assert ward.ends() == [(1, "played", None)]


def test_a_pause_has_an_end(ward: Ward) -> None:
    order(playing(ward), make_command("pause"))
    ward.spend(901, tick=1)
    assert ward.ends() == [(1, "partial", "over_limit")]


def test_a_command_is_done_once_however_often_it_comes(ward: Ward) -> None:
    pause = make_command("pause", number=1)
    order(playing(ward), pause)
    order(ward, pause, make_command("resume", number=2))
    ward.spend(10)
    assert told(ward) == [
        ("pause command-1", None, "vh.ha-dinh"),
        ("resume command-2", None, "vh.ha-dinh"),
    ]


def test_a_command_is_not_done_again_after_a_reboot(ward: Ward) -> None:
    skip = make_command("skip", item=LATER.id)
    order(ward, skip)
    ward.reboot()
    order(ward, skip)
    assert len(told(ward)) == 1


def test_skipping_what_has_not_begun(ward: Ward) -> None:
    order(ward, make_command("skip", item=LATER.id))
    assert ward.plays() == [(2, "not_played", "skipped", "operator")]
    assert ward.records[-2].by == "vh.ha-dinh"


@pytest.mark.parametrize("kind", ["skip", "stop"])
@pytest.mark.parametrize("item", [FIRST.id, None])
def test_ending_what_sounds(ward: Ward, kind: str, item: str | None) -> None:
    order(playing(ward), make_command(kind, item=item))
    assert ward.ends() == [(1, "partial", "operator")]
    assert ward.player.position() == 0


def test_stop_ends_what_an_emergency_cut_off_too(ward: Ward) -> None:
    playing(ward)
    urgent = make_item(3, at=ward.clock.now(), level=Level.EMERGENCY)
    order(ward, items=(FIRST, urgent))
    ward.spend(2)
    order(ward, make_command("stop"), items=(FIRST, urgent))
    assert ward.ends() == [(1, "partial", "operator"), (3, "partial", "operator")]


def test_skip_ends_the_emergency_alone(ward: Ward) -> None:
    playing(ward)
    urgent = make_item(3, at=ward.clock.now(), level=Level.EMERGENCY)
    order(ward, items=(FIRST, urgent))
    ward.spend(2)
    order(ward, make_command("skip"), items=(FIRST, urgent))
    ward.spend(10)
    assert ward.ends() == [(3, "partial", "operator"), (1, "played", None)]


def test_play_begins_an_airing_now(ward: Ward) -> None:
    order(ward, make_command("play", item=LATER.id))
    ward.spend(2)
    assert ward.heard == [(2, 0)]


def test_what_was_asked_for_keeps_quiet_hours(real_ward: Ward) -> None:
    real_ward.clock.advance(12 * 3600)
    now = real_ward.clock.now()
    item = make_item(1, at=now + timedelta(hours=1))
    play = make_command("play", at=now, item=item.id)
    real_ward.deliver(make_manifest(item, mode="production", commands=(play,)))
    real_ward.spend(2)
    assert real_ward.heard == []


def test_the_volume_is_kept_over_a_reboot(ward: Ward) -> None:
    order(ward, make_command("volume", value=40))
    ward.reboot()
    assert ward.player.volume == 40


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (make_command("pause"), "nothing_to_do"),
        (make_command("resume"), "nothing_to_do"),
        (make_command("stop"), "nothing_to_do"),
        (make_command("skip"), "nothing_to_do"),
        (make_command("play"), "nothing_to_do"),
        (make_command("skip", item="f" * 32), "unknown_item"),
        (make_command("play", item="f" * 32), "unknown_item"),
        (make_command("volume", value=101), "bad_value"),
        (make_command("volume", value="loud"), "bad_value"),
        (make_command("live"), "unsupported"),
        (make_command("skip", at=NOON - timedelta(hours=1), item=LATER.id), "expired"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(ward: Ward, command: Command, reason: str) -> None:
    order(ward, command)
    assert [why for _, why, _ in told(ward)] == [reason]
    assert ward.ends() == []
