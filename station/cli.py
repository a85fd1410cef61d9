"""`loaphuong station` and `loaphuong station enrol CODE`."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

import click

from audio.players.base import Player
from audio.players.ipc import check_program
from audio.players.mpv import MpvPlayer
from audio.players.silent import SilentPlayer
from audio.players.wav import WavPlayer
from content.clock import Clock, clock_of_process
from content.contracts.enrolment import EnrolCode
from content.errors import ConfigurationError, LoaPhuongError
from station.agent import Agent
from station.desk.lock import has_pin, make_pin
from station.files import keep_private
from station.identity import Identity, load_identity
from station.identity import enrol as enrol_machine
from station.outside import read_ca_file
from station.settings import Settings, folder_of, load_settings

REFUSED = 2
LOCK_FILE = "station.lock"
LONGEST_NAME = 100


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
        keep_private(folder)
        with _alone(folder), _alone_at_loudspeaker(settings):
            _run(settings, identity)


@click.command()
@click.argument("code")
def enrol(code: str) -> None:
    """Make this machine a station with the CODE that the centre gave."""
    with _told():
        mode = os.environ.get("LOAPHUONG_MODE") or "production"
        ca_file, problems = read_ca_file(os.environ)
        if problems:
            raise ConfigurationError("Cấu hình trạm chưa dùng được: {problems}", problems=" ".join(problems))
        trust = str(ca_file) if ca_file else True
        read = EnrolCode.parse(code)
        with _stopped(folder_of()):
            enrolment = enrol_machine(read, folder_of(), mode=mode, trust=trust)
        click.echo(f"Đã ghi danh trạm {enrolment.station} với {enrolment.centre_url}.")
        if not (has_pin(folder_of()) or os.environ.get("LOAPHUONG_DESK_PIN")):
            _tell_pin(make_pin(folder_of()))


@click.command()
def pin() -> None:
    """Make a new PIN for the page that this station serves on its own machine."""
    with _told():
        load_identity(folder_of())
        _tell_pin(make_pin(folder_of()))


def _tell_pin(made: str) -> None:
    click.echo(f"PIN của bàn trực tại trạm: {made} (chỉ hiện lần này; đổi bằng: loaphuong station pin)")


def open_player(settings: Settings, clock: Clock) -> Player:
    """Open the sink that the settings name."""
    silence = settings.sound.silence
    if settings.sink == "mpv":
        check_program()
        return MpvPlayer(clock, device=settings.sound.device, silence=silence)
    if settings.sink == "silent":
        return SilentPlayer(clock, silence=silence)
    return WavPlayer(settings.played, clock, silence=silence).run()


def _run(settings: Settings, identity: Identity) -> None:
    clock = clock_of_process()
    _log_to_stderr(clock, ZoneInfo(identity.enrolment.time_zone))
    agent = Agent(settings, identity, clock, open_player(settings, clock))

    def stop(_number: int, _frame: FrameType | None) -> None:
        agent.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with closing(agent.journal):
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


@contextmanager
def _stopped(folder: Path) -> Iterator[None]:
    """Refuse while a station runs on the folder: a new token would cut off the one that it goes on using."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(_alone(folder))
        except ConfigurationError as error:
            raise ConfigurationError(
                "Trạm đang chạy trên {folder}, ghi danh lại lúc này sẽ cắt trạm khỏi trung tâm. Hãy dừng "
                "chương trình trước (sudo systemctl stop loaphuong-station), ghi danh, rồi chạy lại.",
                folder=str(folder),
            ) from error
        yield


@contextmanager
def _alone_at_loudspeaker(settings: Settings) -> Iterator[None]:
    """Hold this machine's output for this process: two stations on one amplifier would talk at once.

    The name is the kernel's (an abstract socket) and goes with the process.  A rehearsal has no loudspeaker.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as held:
        try:
            if settings.mode == "production":
                held.bind(f"\0loaphuong-station {_output_of(settings)}"[:LONGEST_NAME])
        except OSError as error:
            template = "Một trạm khác trên máy này đang dùng ngõ ra {device}."
            raise ConfigurationError(template, device=settings.sound.device) from error
        yield


def _output_of(settings: Settings) -> str:
    """Return the output's name; the same name at another sound server is another output."""
    return f"{settings.sound.device} {os.environ.get('PULSE_SERVER', '')}".rstrip()


def _log_to_stderr(clock: Clock, zone: tzinfo) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ClockFormatter(clock, zone))
    logger = logging.getLogger("station")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
