"""What is believed of a machine's clock after a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.machine import Machine, _has_battery, this_machine


@pytest.mark.parametrize(
    ("trusted_boot", "battery", "synced", "believed"),
    [
        (None, False, False, True),
        ("this", False, False, True),
        ("another", False, False, False),
        ("another", True, False, True),
        ("another", False, True, True),
    ],
)
def test_a_clock_is_believed_that_ran_on(
    trusted_boot: str | None, battery: bool, synced: bool, believed: bool
) -> None:
    assert Machine("this", battery, synced).keeps_time(trusted_boot) is believed


def test_a_machine_names_its_start() -> None:
    assert this_machine().boot == this_machine().boot != ""


def test_only_a_clock_that_the_kernel_started_by_counts(tmp_path: Path) -> None:
    (tmp_path / "rtc0").mkdir()
    assert not _has_battery(tmp_path)
    (tmp_path / "rtc0" / "hctosys").write_text("1\n")
    assert _has_battery(tmp_path)
