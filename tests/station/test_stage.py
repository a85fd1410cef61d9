"""What follows without a gap, relays with their time and stand-in, and an output that was mended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.contracts.airings import Kind, Level
from content.contracts.manifest import Item
from tests.station.fakes import NOON, make_command, make_item, make_manifest
from tests.station.ward import Ward

SOON = NOON + timedelta(seconds=20)
NEXT = SOON + timedelta(seconds=10)
STREAM = "https://phat.example.vn/vov1"


def relay(*, stand_in: bool = False) -> Item:
    """Return a relay of 30 s, with a clip that stands in for it if asked for."""
    clip = make_item(1).clip if stand_in else None
    return make_item(1, at=SOON, kind=Kind.RELAY, source=STREAM, clip=clip, duration_ms=30_000)


def starts(ward: Ward) -> list[str | None]:
    """Return when each airing began, in the order of their ends."""
    return [record.started_at for record in ward.records if record.event == "finished"]


def test_what_follows_begins_when_the_one_before_it_ends(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(1, at=SOON), make_item(2, at=NEXT), make_item(3, at=NEXT)))
    ward.spend(60)
    assert starts(ward) == [
        "2026-11-23T05:00:20.000Z",
        "2026-11-23T05:00:30.000Z",
        "2026-11-23T05:00:40.000Z",
    ]
    assert ward.ends() == [(1, "played", None), (2, "played", None), (3, "played", None)]


def test_starting_of_what_follows_is_committed_while_the_one_before_it_sounds(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(1, at=SOON), make_item(2, at=NEXT)))
    ward.spend(29.6)
    assert ward.plays() == [(1, "starting", None, None), (2, "starting", None, None)]
    assert ward.heard == [(1, 0)]


def with_follower(ward: Ward) -> tuple[Item, Item]:
    """Bring a ward to where the second airing waits for the end of the first."""
    items = make_item(1, at=SOON), make_item(2, at=NEXT)
    ward.deliver(make_manifest(*items))
    ward.spend(29.7)
    assert ward.agent.stage.follower is not None
    return items


def test_an_emergency_sets_both_aside_and_they_come_back_in_their_order(ward: Ward) -> None:
    items = with_follower(ward)
    urgent = make_item(3, at=ward.clock.now(), level=Level.EMERGENCY)
    ward.deliver(make_manifest(*items, urgent, generation=2))
    ward.spend(60)
    assert [number for number, _ in ward.heard] == [1, 3, 1, 2]
    assert ward.ends() == [(3, "played", None), (1, "played", None), (2, "played", None)]


def test_a_pause_holds_what_follows_too(ward: Ward) -> None:
    items = with_follower(ward)
    pause = make_command("pause", at=ward.clock.now())
    ward.deliver(make_manifest(*items, generation=2, commands=(pause,)))
    ward.spend(20)
    assert ward.heard == [(1, 0)]
    resume = make_command("resume", at=ward.clock.now(), number=2)
    ward.deliver(make_manifest(*items, generation=3, commands=(pause, resume)))
    ward.spend(20)
    assert ward.ends() == [(1, "played", None), (2, "played", None)]


def test_what_a_long_pause_outlasts_is_late(ward: Ward) -> None:
    items = with_follower(ward)
    pause = make_command("pause", at=ward.clock.now())
    ward.deliver(make_manifest(*items, generation=2, commands=(pause,)))
    ward.spend(100)
    resume = make_command("resume", at=ward.clock.now(), number=2)
    ward.deliver(make_manifest(*items, generation=3, commands=(pause, resume)))
    ward.spend(20)
    assert sorted(ward.ends()) == [(1, "played", None), (2, "missed", "late")]


def test_what_follows_is_recalled_before_its_first_sample(ward: Ward) -> None:
    items = with_follower(ward)
    ward.deliver(make_manifest(items[0], generation=2, cancelled=(items[1].id,)))
    ward.spend(20)
    assert sorted(ward.ends()) == [(1, "played", None), (2, "cancelled", "recalled")]
    assert ward.heard == [(1, 0)]


def test_when_the_one_before_it_is_stopped_what_follows_takes_its_place(ward: Ward) -> None:
    items = with_follower(ward)
    skip = make_command("skip", at=ward.clock.now(), item=items[0].id)
    ward.deliver(make_manifest(*items, generation=2, commands=(skip,)))
    ward.spend(20)
    assert ward.ends() == [(1, "partial", "operator"), (2, "played", None)]


def test_stop_means_what_follows_too(ward: Ward) -> None:
    items = with_follower(ward)
    stop = make_command("stop", at=ward.clock.now())
    ward.deliver(make_manifest(*items, generation=2, commands=(stop,)))
    ward.spend(20)
    assert sorted(ward.ends()) == [(1, "partial", "operator"), (2, "skipped", "operator")]


def test_what_follows_can_be_skipped(ward: Ward) -> None:
    items = with_follower(ward)
    skip = make_command("skip", at=ward.clock.now(), item=items[1].id)
    ward.deliver(make_manifest(*items, generation=2, commands=(skip,)))
    ward.spend(20)
    assert sorted(ward.ends()) == [(1, "played", None), (2, "skipped", "operator")]


def test_a_power_cut_reports_what_was_to_follow_as_interrupted(ward: Ward) -> None:
    with_follower(ward)
    ward.reboot()
    ward.spend(60)
    assert sorted(ward.ends()) == [(1, "interrupted", "power_lost"), (2, "interrupted", "power_lost")]
    assert ward.heard == []


def test_a_relay_ends_when_its_time_is_over(ward: Ward) -> None:
    ward.deliver(make_manifest(relay(), make_item(2, at=SOON + timedelta(seconds=30))))
    ward.spend(80)
    assert starts(ward) == ["2026-11-23T05:00:20.000Z", "2026-11-23T05:00:50.000Z"]
    assert [record.heard_ms for record in ward.records if record.event == "finished"] == [30_000, 10_000]


@pytest.mark.parametrize(
    ("mute_after_ms", "stand_in", "ends", "heard_ms"),
    [
        (5000, False, (1, "interrupted", "source_silent"), 5000),
        (0, False, (1, "missed", "source_silent"), None),
        (5000, True, (1, "played", None), 20_000),
        (0, True, (1, "played", None), 20_000),
        (19_500, True, (1, "interrupted", "source_silent"), 19_500),
    ],
)
def test_a_silent_stream_gives_way_to_its_clip_or_ends(
    ward: Ward, mute_after_ms: int, stand_in: bool, ends: tuple[int, str, str | None], heard_ms: int | None
) -> None:
    ward.player.mute_after_ms = mute_after_ms
    ward.deliver(make_manifest(relay(stand_in=stand_in)))
    ward.spend(80)
    last = ward.records[-1]
    assert ward.ends() == [ends]
    assert last.heard_ms == heard_ms
    assert "silent" in (last.note or "")


def test_the_clip_that_stands_in_is_cut_off_when_the_time_is_over(ward: Ward) -> None:
    ward.player.mute_after_ms = 12_000
    ward.deliver(make_manifest(relay(stand_in=True)))
    ward.spend(80)
    # 12 s of the stream, 10 s of silence, and of the clip the 8 s that are left.
    assert ward.records[-1].heard_ms == 20_000


def test_after_a_silent_stream_the_broadcast_goes_on(ward: Ward) -> None:
    ward.player.mute_after_ms = 0
    ward.deliver(make_manifest(relay(), make_item(2, at=SOON + timedelta(seconds=30))))
    ward.spend(80)
    assert ward.ends() == [(1, "missed", "source_silent"), (2, "played", None)]


def test_a_relay_that_an_emergency_cut_comes_back_for_what_is_left_of_its_time(ward: Ward) -> None:
    item = relay()
    ward.deliver(make_manifest(item))
    ward.spend(25)
    urgent = make_item(2, at=ward.clock.now(), level=Level.EMERGENCY)
    ward.deliver(make_manifest(item, urgent, generation=2))
    ward.spend(40)
    assert ward.ends() == [(2, "played", None), (1, "played", None)]
    assert ward.records[-1].heard_ms == 20_000


def test_a_relay_whose_time_an_emergency_took_is_preempted(ward: Ward) -> None:
    item = relay()
    ward.deliver(make_manifest(item))
    ward.spend(25)
    urgent = make_item(2, at=ward.clock.now(), level=Level.EMERGENCY, duration_ms=60_000)
    ward.deliver(make_manifest(item, urgent, generation=2))
    ward.spend(80)
    assert ward.ends() == [(2, "played", None), (1, "preempted", "emergency")]


@pytest.mark.parametrize("source", ["file:///etc/passwd", "ftp://phat.example.vn/a", "vov1"])
def test_only_web_addresses_are_relayed(ward: Ward, source: str) -> None:
    ward.deliver(make_manifest(make_item(1, at=SOON, source=source, clip=None)))
    ward.spend(40)
    assert ward.ends() == [(1, "missed", "source_silent")]


def test_an_output_that_was_mended_is_an_alarm_and_the_airing_is_played(ward: Ward) -> None:
    ward.player.mend_at_ms = 4000
    ward.deliver(make_manifest(make_item(1, at=SOON)))
    ward.spend(40)
    assert ward.ends() == [(1, "played", None)]
    assert ward.alarms() == ["player_restarted"]
    assert ward.records[-1].note == "mended 4000: the player died"


def test_an_emergency_that_followed_another_excuses_nothing_later(ward: Ward) -> None:
    urgent = [make_item(number, at=SOON, level=Level.EMERGENCY) for number in (1, 2)]
    later = make_item(3, at=SOON + timedelta(seconds=60), not_after=SOON + timedelta(seconds=70))
    ward.deliver(make_manifest(*urgent, later))
    ward.agent.store.path(later.clip.sha256 if later.clip else "").unlink()
    ward.spend(100)
    assert ward.ends() == [(1, "played", None), (2, "played", None), (3, "missed", "clip_missing")]
