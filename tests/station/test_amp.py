"""The amplifier: when it is to be on, and what happens when it cannot be switched."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from content.contracts.airings import Level
from content.contracts.manifest import Item
from content.errors import ConfigurationError
from station.amp import Amp, Need, is_wanted, next_of
from station.settings import load_settings
from station.sound import AmpTerms
from station.switches import CommandSwitch, PinSwitch, switch_of
from tests.station.fakes import NOON, make_command, make_item, make_manifest
from tests.station.ward import Ward

TERMS = AmpTerms(lead=3, tail=5)
SECOND = timedelta(seconds=1)
SAME, OTHER = make_item(2, window=1), make_item(3, window=2)


@dataclass
class FakeSwitch:
    """Notes what it was told; fails while `broken`."""

    broken: bool = False
    turned: list[bool] = field(default_factory=list)

    def turn(self, *, on: bool) -> None:
        self.turned.append(on)
        if self.broken:
            raise OSError("no such pin")


def at_once(job: Callable[[], None]) -> None:
    job()


def with_amp(ward: Ward) -> FakeSwitch:
    """Give a ward an amplifier."""
    switch = FakeSwitch()
    agent = ward.agent
    agent.amp = Amp(switch, TERMS, ward.clock, agent.journal, submit=at_once)
    return switch


@pytest.mark.parametrize(
    ("sounding", "quiet_for", "following", "following_in", "on", "wanted"),
    [
        (True, 0, None, 0, False, True),
        (False, 99, SAME, 3, False, True),
        (False, 99, SAME, 4, False, False),
        (False, 4, None, 0, True, True),
        (False, 6, None, 0, True, False),
        (False, 6, SAME, 600, True, True),
        (False, 6, SAME, 901, True, False),
        (False, 6, OTHER, 600, True, False),
        (False, 6, OTHER, 8, True, True),
        (False, 6, SAME, 600, None, False),
    ],
)
def test_when_it_is_to_be_on(
    sounding: bool, quiet_for: float, following: Item | None, following_in: float, on: bool, wanted: bool
) -> None:
    need = Need(sounding, make_item(1, window=1), quiet_for, following, following_in)
    assert is_wanted(need, TERMS, on=on) is wanted


def test_what_is_next() -> None:
    items = [make_item(number, at=NOON + number * SECOND) for number in (1, 2, 3, 4)]
    manifest = make_manifest(*items, cancelled=(items[1].id,))
    assert next_of(manifest, {items[0].id}, (), NOON, clock_ok=True) == (items[2], 3.0)
    assert next_of(manifest, (), {items[3].id}, NOON, clock_ok=True) == (items[3], 0.0)
    assert next_of(manifest, (), (), NOON, clock_ok=False) == (None, 0.0)


def test_with_a_wrong_clock_an_emergency_is_next() -> None:
    urgent = make_item(1, at=NOON + 900 * SECOND, level=Level.EMERGENCY)
    manifest = make_manifest(make_item(2), urgent)
    assert next_of(manifest, (), (), NOON, clock_ok=False) == (urgent, 0.0)


def test_it_is_on_around_a_broadcast_and_stays_on_between_its_clips(ward: Ward) -> None:
    switch = with_amp(ward)
    first, second = make_item(1, at=NOON + 20 * SECOND), make_item(2, at=NOON + 90 * SECOND)
    ward.deliver(make_manifest(first, second))
    ward.spend(16)
    assert switch.turned == [False]
    ward.spend(2)
    assert switch.turned == [False, True]
    ward.spend(86)
    assert switch.turned == [False, True]
    ward.spend(3)
    assert switch.turned == [False, True, False]


def test_after_a_crash_it_is_switched_off_first(ward: Ward) -> None:
    ward.deliver(make_manifest())
    ward.reboot()
    switch = with_amp(ward)
    ward.spend(1)
    assert switch.turned == [False]


def test_in_a_pause_it_stays_on(ward: Ward) -> None:
    switch = with_amp(ward)
    item = make_item(1, at=NOON + 5 * SECOND)
    ward.deliver(make_manifest(item))
    ward.spend(8)
    pause = make_command("pause", at=ward.clock.now())
    ward.deliver(make_manifest(item, generation=2, commands=(pause,)))
    ward.spend(60)
    assert switch.turned[-1] is True


def test_a_switch_that_fails_is_one_alarm_and_the_broadcast_goes_on(ward: Ward) -> None:
    switch = with_amp(ward)
    switch.broken = True
    ward.deliver(make_manifest(make_item(1, at=NOON + 20 * SECOND)))
    ward.spend(60)
    assert ward.ends() == [(1, "played", None)]
    assert ward.alarms() == ["amp_failed"]
    switch.broken = False
    ward.spend(11)
    assert switch.turned[-1] is False


def test_closing_switches_it_off(ward: Ward) -> None:
    switch = with_amp(ward)
    ward.deliver(make_manifest(make_item(1, at=NOON + 5 * SECOND)))
    ward.spend(8)
    assert ward.agent.amp is not None
    ward.agent.amp.close()
    assert switch.turned == [False, True, False]


def test_commands_are_run_without_a_shell(tmp_path: Path) -> None:
    on, off = tmp_path / "on; true", tmp_path / "off"
    switch = CommandSwitch(("touch", str(on)), ("touch", str(off)))
    switch.turn(on=True)
    assert (on.exists(), off.exists()) == (True, False)
    switch.turn(on=False)
    assert off.exists()


@pytest.mark.parametrize("command", [("false",), ("no-such-program",)])
def test_a_command_that_fails_raises(command: tuple[str, ...]) -> None:
    with pytest.raises((OSError, subprocess.SubprocessError)):
        CommandSwitch(command, command).turn(on=True)


@pytest.mark.parametrize(
    ("low", "on", "word"), [(False, True, "high"), (True, True, "low"), (True, False, "high")]
)
def test_a_pin_is_taken_hold_of_and_set(tmp_path: Path, low: bool, on: bool, word: str) -> None:
    (tmp_path / "export").touch()
    (tmp_path / "gpio17").mkdir()
    PinSwitch(17, low=low, pins=tmp_path).turn(on=on)
    assert (tmp_path / "gpio17" / "direction").read_text() == word


def test_a_pin_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="direction"):
        PinSwitch(17, pins=tmp_path).turn(on=True)
    assert (tmp_path / "export").read_text() == "17"


@pytest.mark.parametrize(
    ("on", "off", "amp"),
    [
        ("", "", None),
        ("amp 'ward 1' --on", "amp --off", AmpTerms(on=("amp", "ward 1", "--on"), off=("amp", "--off"))),
        ("gpio:17", "", AmpTerms(pin=17)),
        ("gpio:17:low", "", AmpTerms(pin=17, low=True)),
    ],
)
def test_settings_name_the_switch(on: str, off: str, amp: AmpTerms | None) -> None:
    settings = load_settings({"LOAPHUONG_AMP_ON": on, "LOAPHUONG_AMP_OFF": off})
    assert settings.sound.amp == amp


def test_the_settings_make_the_switch() -> None:
    assert switch_of(AmpTerms(pin=17, low=True)) == PinSwitch(17, low=True)
    assert switch_of(AmpTerms(on=("a",), off=("b",))) == CommandSwitch(("a",), ("b",))


@pytest.mark.parametrize(
    "environ",
    [
        {"LOAPHUONG_AMP_ON": "amp on"},
        {"LOAPHUONG_AMP_OFF": "amp off"},
        {"LOAPHUONG_AMP_ON": "amp 'on", "LOAPHUONG_AMP_OFF": "amp off"},
        {"LOAPHUONG_AMP_ON": "gpio:17", "LOAPHUONG_AMP_OFF": "amp off"},
        {"LOAPHUONG_AMP_ON": "gpio:17", "LOAPHUONG_AMP_LEAD_SECONDS": "61"},
        {"LOAPHUONG_AMP_TAIL_SECONDS": "-1"},
    ],
)
def test_settings_that_name_no_switch_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="LOAPHUONG_AMP"):
        load_settings(environ)


def test_a_rehearsal_switches_nothing() -> None:
    environ = {"LOAPHUONG_AMP_ON": "gpio:17", "LOAPHUONG_MODE": "rehearsal"}
    assert load_settings(environ).sound.amp is None
