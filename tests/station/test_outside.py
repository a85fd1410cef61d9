"""The settings of the ways in and out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from station.outside import read_outside


def test_a_ward_in_earnest_spreads_its_downloads() -> None:
    outside, problems = read_outside({}, rehearsal=False)
    assert (outside.poll_seconds, outside.spread, outside.desk_port) == (30.0, timedelta(minutes=10), 8765)
    assert (outside.trust, problems) == (True, [])


def test_a_rehearsal_fetches_at_once() -> None:
    assert read_outside({}, rehearsal=True)[0].spread == timedelta()


def test_what_is_set_counts(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    given = {
        "LOAPHUONG_STATION_POLL_SECONDS": "5",
        "LOAPHUONG_STATION_SPREAD_SECONDS": "60",
        "LOAPHUONG_CA_FILE": str(tmp_path / "ca.pem"),
        "LOAPHUONG_DESK_PORT": "off",
        "LOAPHUONG_DESK_PIN": "0042",
    }
    outside, problems = read_outside(given, rehearsal=False)
    assert (outside.poll_seconds, outside.spread.total_seconds(), outside.desk_port) == (5.0, 60.0, None)
    assert (outside.trust, outside.desk_pin, problems) == (str(tmp_path / "ca.pem"), "0042", [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOAPHUONG_STATION_POLL_SECONDS", "0"),
        ("LOAPHUONG_STATION_POLL_SECONDS", "soon"),
        ("LOAPHUONG_STATION_SPREAD_SECONDS", "-1"),
        ("LOAPHUONG_CA_FILE", "/nowhere/ca.pem"),
        ("LOAPHUONG_DESK_PORT", "70000"),
        ("LOAPHUONG_DESK_PIN", "12a4"),
        ("LOAPHUONG_DESK_PIN", "123"),
    ],
)
def test_what_cannot_be_is_named(name: str, value: str) -> None:
    _, problems = read_outside({name: value}, rehearsal=False)
    assert [problem.partition("=")[0].partition(":")[0] for problem in problems] == [name]


def test_the_pin_is_not_told() -> None:
    outside, _ = read_outside({"LOAPHUONG_DESK_PIN": "735190"}, rehearsal=False)
    assert "735190" not in repr(outside)
