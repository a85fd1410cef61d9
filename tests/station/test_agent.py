"""The station as a whole, its time in the test's hands."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from audio.players.silent import SilentPlayer
from content.contracts.airings import Level
from content.contracts.signing import PrivateKey
from station.agent import Agent
from tests.station.fakes import NOON, FakeCentre, make_command, make_item, make_manifest
from tests.station.ward import CENTRE_KEY, Ward, make_identity

SOON = NOON + timedelta(seconds=20)
EMERGENCY = Level.EMERGENCY


def test_an_airing_starts_on_time_and_is_reported(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(40)
    started = next(record for record in ward.records if record.event == "finished")
    assert ward.plays() == [(1, "starting", None, None), (1, "finished", "played", None)]
    assert (started.started_at, started.heard_ms) == ("2026-11-23T05:00:20.000Z", 10_000)


def test_starting_is_committed_before_the_first_sample(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(19.6)
    assert ward.plays() == [(1, "starting", None, None)]
    assert ward.heard == []


def test_airings_that_overlap_follow_each_other(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(1, at=SOON), make_item(2, at=SOON + timedelta(seconds=5))))
    ward.spend(45)
    assert ward.heard == [(1, 0), (2, 0)]


def test_a_power_cut_while_playing_is_reported_and_nothing_plays_twice(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(28)
    ward.reboot()
    ward.spend(60)
    end = next(record for record in ward.records if record.event == "finished")
    assert ward.heard == []
    assert ward.ends() == [(1, "interrupted", "power_lost")]
    assert (end.started_at, end.heard_ms) == ("2026-11-23T05:00:20.000Z", 5000)


def test_a_station_without_network_plays_from_its_disk_after_a_reboot(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.reboot()
    ward.spend(40)
    assert ward.ends() == [(1, "played", None)]


def test_what_fell_into_a_power_cut_is_missed_late(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.clock.advance(3600)
    ward.reboot()
    ward.spend(1)
    assert ward.ends() == [(1, "missed", "late")]


def test_what_fell_into_a_power_cut_is_journalled_before_the_centre_hears_of_the_boot(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.clock.advance(3600)
    ward.agent.journal.close()
    ward.agent = Agent(ward.settings, ward.identity, ward.clock, SilentPlayer(ward.clock))
    ward.agent.stop()
    ward.agent.run()
    assert ward.ends() == [(1, "missed", "late")]


def test_what_was_due_by_the_old_manifest_is_told_before_the_new_one_counts(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.clock.advance(3600)
    ward.deliver(make_manifest(generation=2))
    assert ward.ends() == [(1, "missed", "late")]


@pytest.mark.parametrize(
    ("after_preempt", "heard", "ends"),
    [
        ("resume", [(1, 0), (2, 0), (1, 5000)], [(2, "played", None), (1, "played", None)]),
        ("restart", [(1, 0), (2, 0), (1, 0)], [(2, "played", None), (1, "played", None)]),
        ("drop", [(1, 0), (2, 0)], [(1, "preempted", "emergency"), (2, "played", None)]),
    ],
)
def test_an_emergency_cuts_off_what_sounds(
    ward: Ward, after_preempt: str, heard: list[tuple[int, int]], ends: list[tuple[int, str, str | None]]
) -> None:
    item = make_item(1, at=SOON, after_preempt=after_preempt)
    ward.deliver(make_manifest(item))
    ward.spend(25)
    ward.deliver(make_manifest(item, make_item(2, at=ward.clock.now(), level=EMERGENCY), generation=2))
    ward.spend(30)
    assert ward.heard == heard
    assert ward.ends() == ends


def test_what_came_back_after_an_emergency_says_so(ward: Ward) -> None:
    item = make_item(1, at=SOON)
    ward.deliver(make_manifest(item))
    ward.spend(25)
    ward.deliver(make_manifest(item, make_item(2, at=ward.clock.now(), level=EMERGENCY), generation=2))
    ward.spend(30)
    assert ward.records[-1].note == "cut_off 5000; back 5000"
    assert ward.records[-1].heard_ms == 10_000


def test_what_an_emergency_outlasts_is_preempted(ward: Ward) -> None:
    long = make_item(2, at=SOON, level=EMERGENCY, duration_ms=120_000)
    ward.deliver(make_manifest(make_item(1, at=SOON + timedelta(seconds=10)), long))
    ward.spend(150)
    assert ward.ends() == [(1, "preempted", "emergency"), (2, "played", None)]


def test_an_emergency_that_failed_excuses_nothing_later(ward: Ward) -> None:
    ward.player.die_at_ms = 1000
    urgent = make_item(1, at=SOON, level=EMERGENCY)
    later = make_item(2, at=SOON + timedelta(seconds=10), not_after=SOON + timedelta(seconds=20))
    ward.deliver(make_manifest(urgent, later))
    ward.agent.store.path(later.clip.sha256 if later.clip else "").unlink()
    ward.spend(60)
    assert ward.ends() == [(1, "interrupted", "player_failed"), (2, "missed", "clip_missing")]


def test_a_power_cut_in_an_emergency_reports_both(ward: Ward) -> None:
    item = make_item(1, at=SOON)
    ward.deliver(make_manifest(item))
    ward.spend(25)
    ward.deliver(make_manifest(item, make_item(2, at=ward.clock.now(), level=EMERGENCY), generation=2))
    ward.spend(3)
    ward.reboot()
    assert sorted(ward.ends()) == [(1, "interrupted", "power_lost"), (2, "interrupted", "power_lost")]


def test_a_recalled_airing_is_not_played(ward: Ward) -> None:
    item = make_item(at=SOON)
    ward.deliver(make_manifest(item))
    ward.deliver(make_manifest(generation=2, cancelled=(item.id,)))
    ward.spend(60)
    assert ward.ends() == [(1, "cancelled", "recalled")]
    assert ward.heard == []


def test_a_recalled_airing_that_sounds_is_stopped(ward: Ward) -> None:
    item = make_item(at=SOON)
    ward.deliver(make_manifest(item))
    ward.spend(24)
    ward.deliver(make_manifest(item, generation=2, cancelled=(item.id,)))
    assert ward.ends() == [(1, "partial", "recalled")]
    assert ward.player.position() == 0


def test_an_airing_recalled_between_starting_and_its_first_sample_was_not_played(ward: Ward) -> None:
    item = make_item(at=SOON)
    ward.deliver(make_manifest(item))
    ward.spend(19.7)
    ward.deliver(make_manifest(item, generation=2, cancelled=(item.id,)))
    assert ward.plays()[-1] == (1, "not_played", "cancelled", "recalled")


@pytest.mark.parametrize(
    ("change", "alarm"),
    [
        ({"mode": "production"}, "manifest_mode"),
        ({"station": "an-duong-2"}, "manifest_station"),
        ({"generation": 1}, "manifest_generation"),
    ],
)
def test_a_manifest_that_is_not_ours_is_refused_with_one_alarm(
    ward: Ward, change: dict[str, object], alarm: str
) -> None:
    ward.deliver(make_manifest(generation=2))
    wrong = replace(make_manifest(make_item(at=SOON), generation=3), **change)  # type: ignore[arg-type]
    ward.deliver(wrong)
    ward.deliver(wrong)
    assert ward.alarms() == [alarm]
    assert ward.agent.programme.generation == 2


def test_a_manifest_that_another_key_signed_is_refused(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)), key=PrivateKey(bytes(32)))
    ward.spend(40)
    assert ward.alarms() == ["manifest_signature"]
    assert ward.heard == []


def test_half_a_manifest_changes_nothing(ward: Ward) -> None:
    ward.deliver(make_manifest())
    ward.agent.links.inbox.put(make_manifest(generation=2).seal(PrivateKey(bytes(32)))[:200])
    ward.agent.step()
    assert ward.agent.programme.generation == 1


def test_an_alarm_sounds_again_after_a_good_manifest(ward: Ward) -> None:
    foreign = make_manifest(station="an-duong-2", generation=9)
    ward.deliver(foreign)
    ward.deliver(make_manifest(generation=2))
    ward.deliver(foreign)
    assert ward.alarms() == ["manifest_station", "manifest_station"]


def test_a_clip_that_never_came_is_the_reason(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)), clips=False)
    ward.spend(90)
    assert ward.ends() == [(1, "missed", "clip_missing")]


def test_a_clip_that_comes_late_still_plays_in_time(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)), clips=False)
    ward.spend(40)
    ward.store(b"clip 1")
    ward.spend(15)
    assert ward.ends() == [(1, "played", None)]


def test_wrong_bytes_on_the_disk_never_sound(ward: Ward) -> None:
    item = make_item(at=SOON)
    ward.deliver(make_manifest(item), clips=False)
    clip = hashlib.sha256(b"clip 1").hexdigest()
    ward.agent.store.path(clip).write_bytes(b"clip X")
    ward.spend(90)
    assert ward.ends() == [(1, "missed", "clip_corrupt")]
    assert ward.alarms() == ["clip_corrupt"]


def test_a_clip_without_sound_is_missed_at_once(ward: Ward) -> None:
    ward.player.corrupt.add(make_item(1).id)
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(21)
    assert ward.ends() == [(1, "missed", "clip_corrupt")]


@pytest.mark.parametrize(
    ("lever", "value", "end"),
    [
        ("fail_on_start", True, (1, "missed", "player_failed")),
        ("die_at_ms", 4000, (1, "interrupted", "player_failed")),
    ],
)
def test_a_player_that_fails_is_reported(
    ward: Ward, lever: str, value: object, end: tuple[int, str, str]
) -> None:
    setattr(ward.player, lever, value)
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(40)
    assert ward.ends() == [end]


def test_a_player_that_stands_still_is_reported(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(23)
    ward.player.stalled = True
    ward.spend(10)
    assert ward.ends() == [(1, "interrupted", "player_failed")]


def test_what_runs_into_quiet_hours_is_refused(real_ward: Ward) -> None:
    real_ward.clock.advance(9 * 3600)  # 21:00 at the ward
    late = make_item(at=real_ward.clock.now() + timedelta(seconds=5))
    real_ward.deliver(make_manifest(late, mode="production"))
    real_ward.spend(20)
    assert real_ward.ends() == [(1, "missed", "quiet_hours")]


def test_an_emergency_sounds_in_quiet_hours(real_ward: Ward) -> None:
    real_ward.clock.advance(12 * 3600)
    item = make_item(at=real_ward.clock.now(), level=EMERGENCY)
    real_ward.deliver(make_manifest(item, mode="production"))
    real_ward.spend(20)
    assert real_ward.ends() == [(1, "played", None)]


def test_what_a_pause_carried_into_quiet_hours_is_cut(real_ward: Ward) -> None:
    real_ward.clock.advance(9 * 3600 - 60)
    now = real_ward.clock.now()
    item = make_item(at=now + timedelta(seconds=5))
    real_ward.deliver(make_manifest(item, mode="production"))
    real_ward.spend(10)
    pause = make_command("pause", at=now)
    real_ward.deliver(make_manifest(item, mode="production", generation=2, commands=(pause,)))
    real_ward.spend(60)
    assert real_ward.ends() == [(1, "partial", "quiet_hours")]


def test_a_rehearsal_plays_in_quiet_hours_and_says_so(ward: Ward) -> None:
    ward.clock.advance(12 * 3600)
    ward.deliver(make_manifest(make_item(at=ward.clock.now())))
    ward.spend(20)
    assert ward.ends() == [(1, "played", None)]
    assert ward.records[-1].note == "quiet_in_rehearsal"


def test_a_clock_that_is_wrong_keeps_the_station_silent(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.agent.timekeeper.measured(
        (ward.clock.monotonic(), ward.clock.now()), ward.clock.monotonic(), NOON + timedelta(minutes=10)
    )
    ward.spend(40)
    assert ward.ends() == [(1, "missed", "clock_untrusted")]
    assert ward.alarms() == ["clock_untrusted"]


def test_what_fell_into_a_doubt_of_the_clock_says_so_when_the_doubt_is_over(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(1, at=SOON), make_item(2, at=SOON + timedelta(hours=1))))
    ward.clock.step(-86_400)
    ward.reboot()
    ward.spend(200, tick=1)
    assert ward.ends() == []
    ward.clock.step(86_400)
    ward.spend(1)
    ward.clock.advance(3600)
    ward.spend(60, tick=1)
    assert ward.ends() == [(1, "missed", "clock_untrusted"), (2, "missed", "late")]


def test_a_station_whose_clock_fell_back_waits_for_the_centre(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.clock.step(-86_400)
    ward.reboot()
    ward.spend(5)
    assert ward.ends() == []
    true = ward.clock.now() + timedelta(days=1)
    ward.clock.step(86_400)
    ward.agent.timekeeper.measured((ward.clock.monotonic(), ward.clock.now()), ward.clock.monotonic(), true)
    ward.spend(40)
    assert ward.ends() == [(1, "played", None)]


def test_a_damaged_journal_is_kept_aside_and_nothing_is_risked_twice(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(1, at=SOON), make_item(2, at=SOON + timedelta(seconds=40))))
    ward.spend(25)
    ward.agent.journal.close()
    ward.settings.journal.write_bytes(b"not a database, for sure" * 400)
    ward.boot()
    ward.spend(60)
    assert ward.records[0].event == "chain"
    assert ward.alarms() == ["journal_damaged"]
    assert ward.ends() == [(1, "missed", "late"), (2, "played", None)]
    assert list(ward.settings.folder.glob("journal.db.damaged-*"))


@pytest.mark.parametrize("set_right", [False, True], ids=["clock stays wrong", "clock set right"])
def test_a_journal_lost_while_the_clock_ran_ahead_holds_up_nothing_once_the_time_is_known(
    ward: Ward, *, set_right: bool
) -> None:
    ward.agent.journal.close()
    ward.settings.journal.write_bytes(b"not a database, for sure" * 400)
    ward.clock.step(86_400)
    ward.boot()
    if set_right:
        ward.clock.step(-86_400)
    clock = ward.clock
    true = clock.now() if set_right else clock.now() - timedelta(days=1)
    ward.agent.timekeeper.measured((clock.monotonic(), clock.now()), clock.monotonic(), true)
    earlier = make_item(1, at=NOON - timedelta(seconds=10), level=EMERGENCY)
    call = make_item(2, at=SOON, level=EMERGENCY)
    ward.deliver(make_manifest(earlier, call))
    ward.spend(40)
    assert ward.ends() == [(1, "missed", "late"), (2, "played", None)]


def test_a_journal_that_cannot_be_written_keeps_its_debts(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(25)
    ward.agent.journal.chain._db._db.execute("pragma query_only = on")
    for _ in range(100):
        ward.clock.advance(0.1)
        ward.agent.guard.work()
    ward.agent.journal.chain._db._db.execute("pragma query_only = off")
    ward.spend(1)
    assert ward.ends() == [(1, "played", None)]


def test_a_bell_that_hangs_up_at_once_is_called_ever_more_rarely(ward: Ward, centre: FakeCentre) -> None:
    ward.identity = make_identity(url=centre.url, bell=f"{centre.url}/bell")
    ward.reboot()
    centre.hang_up()
    for _ in range(3):
        ward.agent.errands["bell"].try_once()
    assert ward.agent.errands["bell"].failures == 3


def test_a_manifest_that_the_disk_did_not_take_is_in_force_gets_the_room_and_is_kept_later(
    ward: Ward,
) -> None:
    agent, kept = ward.agent, ward.settings.folder / "manifest.json"
    blocked = kept.with_suffix(".json.part")
    blocked.mkdir()
    agent.links.inbox.put(make_manifest(make_item(at=SOON)).seal(CENTRE_KEY))
    agent.guard.work()
    assert (agent.programme.generation, agent.ballast.held, kept.exists()) == (1, False, False)
    blocked.rmdir()
    agent.guard.work()
    assert kept.exists()


def test_a_stop_with_a_disk_that_takes_nothing_is_a_clean_one(ward: Ward) -> None:
    agent = ward.agent
    (ward.settings.folder / "manifest.json.part").mkdir()
    agent.links.inbox.put(make_manifest(make_item(at=SOON)).seal(CENTRE_KEY))
    agent.stop()
    agent.run()
    assert (agent.programme.generation, agent.ballast.held) == (1, False)
