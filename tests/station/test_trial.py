"""The sound test."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from audio.players.tone import make_test_tone
from content.contracts.airings import Level
from station.desk.words import REFUSALS
from station.trial import BUSY, QUIET, SILENT
from tests.station.fakes import NOON, make_command, make_item, make_manifest
from tests.station.ward import Ward


def order(ward: Ward) -> str | None:
    """Ask for a test at the desk."""
    now = ward.agent.timekeeper.now()
    return ward.agent.orders.at_desk("test", now, item=None, value=None, generation=0)


def test_the_tone_sounds_and_is_reported_as_a_test(ward: Ward) -> None:
    assert order(ward) is None
    ward.spend(5)
    played = [record for record in ward.records if record.airing]
    assert [(str(record.event), str(record.kind)) for record in played] == [
        ("starting", "test"),
        ("finished", "test"),
    ]
    assert (played[-1].outcome, played[-1].heard_ms) == ("played", 3000)


def test_the_centre_s_command_sounds_it_too(ward: Ward) -> None:
    ward.deliver(make_manifest(commands=(make_command("test"),)))
    ward.spend(5)
    assert [record.reason for record in ward.records if record.event == "command"] == [None]
    assert len(ward.heard) == 1


def test_two_tests_are_two_airings(ward: Ward) -> None:
    order(ward)
    ward.spend(5)
    order(ward)
    ward.spend(5)
    assert len({airing for airing, _ in ward.heard}) == 2


@pytest.mark.parametrize("seconds", [-2, 3, 12])
def test_what_plays_or_is_about_to_goes_first(ward: Ward, seconds: float) -> None:
    ward.deliver(make_manifest(make_item(at=NOON + timedelta(seconds=seconds))))
    ward.spend(0.5)
    assert order(ward) == BUSY


def test_an_emergency_cuts_it_off_for_good(ward: Ward) -> None:
    order(ward)
    ward.spend(1)
    ward.deliver(make_manifest(make_item(2, at=ward.clock.now(), level=Level.EMERGENCY)))
    ward.spend(20)
    ends = [(record.outcome, record.reason) for record in ward.records if record.event == "finished"]
    assert ends == [("preempted", "emergency"), ("played", None)]


def test_quiet_hours_are_kept_before_the_first_manifest_too(real_ward: Ward) -> None:
    real_ward.clock.advance(9 * 3600 - 2)
    assert order(real_ward) == QUIET


def test_a_rehearsal_may_test_at_night(ward: Ward) -> None:
    ward.clock.advance(12 * 3600)
    assert order(ward) is None


def test_a_tone_that_was_damaged_is_told_and_made_anew(ward: Ward) -> None:
    tone = make_test_tone()
    ward.agent.store.path(hashlib.sha256(tone).hexdigest()).write_bytes(bytes(len(tone)))
    assert (order(ward), order(ward)) == (SILENT, None)


def test_every_refusal_has_words() -> None:
    assert {BUSY, QUIET, SILENT} <= REFUSALS.keys()
