"""`loaphuong station` and `loaphuong station enrol CODE`."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

import click

from audio.players.base import Player
from audio.players.silent import SilentPlayer
from audio.players.wav import WavPlayer
from content.clock import Clock, clock_of_process
from content.contracts.enrolment import EnrolCode
from content.errors import ConfigurationError, LoaPhuongError
from station.agent import Agent
from station.identity import Identity, load_identity
from station.identity import enrol as enrol_machine
from station.settings import Settings, folder_of, load_settings

REFUSED = 2
LOCK_FILE = "station.lock"


class ClockFormatter(logging.Formatter):
    """`2026-11-23 06:00:00 INFO station: …`, by the station's clock in the ward's zone."""

    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._clock = clock
        self._zone = zone

    def format(self, record: logging.LogRecord) -> str:
        """Return the line with the time before it."""
        local: datetime = self._clock.now().astimezone(self._zone)
        return f"{local:%Y-%m-%d %H:%M:%S} {super().format(record)}"


@click.command()
def run() -> None:
    """Run the ward's station until it is told to stop."""
    with _told():
        folder = folder_of()
        identity = load_identity(folder)
        settings = load_settings()
        _check_mode(settings, identity)
        with _alone(folder):
            _run(settings, identity)


@click.command()
@click.argument("code")
def enrol(code: str) -> None:
    """Make this machine a station with the CODE that the centre gave."""
    with _told():
        mode = os.environ.get("LOAPHUONG_MODE") or "production"
        enrolment = enrol_machine(EnrolCode.parse(code), folder_of(), mode=mode)
        click.echo(f"Đã ghi danh trạm {enrolment.station} với {enrolment.centre_url}.")


def open_player(settings: Settings, clock: Clock) -> Player:
    """Open the sink that the settings name."""
    if settings.sink == "silent":
        return SilentPlayer(clock)
    return WavPlayer(settings.played, clock).run()


def _run(settings: Settings, identity: Identity) -> None:
    clock = clock_of_process()
    _log_to_stderr(clock, ZoneInfo(identity.enrolment.time_zone))
    agent = Agent(settings, identity, clock, open_player(settings, clock))

    def stop(_number: int, _frame: FrameType | None) -> None:
        agent.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    agent.run()


def _check_mode(settings: Settings, identity: Identity) -> None:
    if settings.mode != identity.enrolment.mode:
        raise ConfigurationError(
            "Trạm được ghi danh ở chế độ {enrolled}, máy đang chạy chế độ {given}; hãy sửa LOAPHUONG_MODE.",
            enrolled=identity.enrolment.mode,
            given=settings.mode,
        )


@contextmanager
def _told() -> Iterator[None]:
    """Turn what a person can mend into one line and exit code 2."""
    try:
        yield
    except LoaPhuongError as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder for this process, or refuse; the lock goes with the process, however it ends."""
    with (folder / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError("Trạm đang chạy rồi trên {folder}.", folder=str(folder)) from error
        yield


def _log_to_stderr(clock: Clock, zone: tzinfo) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ClockFormatter(clock, zone))
    logger = logging.getLogger("station")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
