"""Log lines: for people, or one JSON object a line; the clock is the house's."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest
import structlog

from content.clock import SteppedClock
from content.settings import Settings
from tests.web.hall import NOW
from web import logs
from web.house import House


def configure(folder: Path, form: str) -> SteppedClock:
    settings, clock = Settings.model_validate({"data_dir": folder, "log_format": form}), SteppedClock(NOW)
    logs.configure(House.open(settings, clock), "scheduler")
    return clock


def fail() -> None:
    try:
        int("hỏng")
    except ValueError:
        structlog.get_logger("web").exception("unforeseen failure", path="/x")


def test_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tmp_path, "text")
    structlog.get_logger("x").info("dispatched", airings=3, station="Hạ Đình")
    assert capsys.readouterr().err == "08:00:00 INFO scheduler: dispatched airings=3 station=Hạ Đình\n"


def test_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tmp_path, "json")
    structlog.get_logger("x").info("dispatched", airings=3)
    line = json.loads(capsys.readouterr().err)
    assert (line["at"], line["process"], line["airings"]) == ("2026-11-23T01:00:00.000Z", "scheduler", 3)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_failure_brings_its_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    configure(tmp_path, form)
    fail()
    said = capsys.readouterr().err
    assert "unforeseen failure" in said
    assert "ValueError: invalid literal" in said


def test_libraries_speak_through_the_same_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tmp_path, "text")
    logging.getLogger("scheduler").warning("job %s still runs", "plan")
    logging.getLogger("apscheduler").info("chatter")
    assert capsys.readouterr().err == "08:00:00 WARNING scheduler: job plan still runs\n"


def test_lines_go_to_stderr(tmp_path: Path) -> None:
    configure(tmp_path, "text")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    assert handler.stream is sys.stderr


def test_a_server_at_its_edge_does_not_fill_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, server = configure(tmp_path, "text"), logging.getLogger("waitress")
    for seconds in (0, 1, 1, 60):
        clock.advance(seconds)
        server.warning("the limit is reached")
        server.warning("something else at %d", seconds)
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "08:00:00 WARNING scheduler: the limit is reached",
        "08:00:00 WARNING scheduler: something else at 0",
        "08:01:02 WARNING scheduler: the limit is reached (2 times more since it was last told)",
        "08:01:02 WARNING scheduler: something else at 60 (2 times more since it was last told)",
    ]
