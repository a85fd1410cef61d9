"""`loaphuong demo`: a rehearsal of everything on one machine, five processes and one virtual ward station."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from sqlalchemy import text

from content.errors import ConfigurationError
from content.settings import Settings
from web import logs, migrate
from web.house import House
from web.processes.ports import free_port, probe
from web.processes.signals import stop_event
from web.processes.supervisor import Child, Supervisor, own_command

if TYPE_CHECKING:
    from web.rehearsal import Account

SERVER_PATIENCE_SECONDS = 60.0
REPEAT_MINUTES = 2
_PRINTING = threading.Lock()


def run(port: int, folder: Path) -> int:
    """Rehearse in `folder` until Ctrl-C; ConfigurationError when port or folder cannot be used."""
    environment = _environment(port, folder)
    os.environ.update(environment)
    house = House.open(Settings.load())
    logs.configure(house, "demo")
    stop = stop_event()
    with ExitStack() as stack:
        stack.enter_context(_alone(folder))
        migrate.upgrade(house.database.engine)
        _tell(house, _filled(house))
        supervisor = Supervisor(house.clock, _say)
        stack.callback(house.close)
        stack.callback(lambda: _say("đã dừng; dữ liệu còn nguyên, chạy lại là tiếp tục"))
        stack.callback(supervisor.end)
        _start(supervisor, house, environment, stop)
        opening = threading.Thread(target=_open, args=(house, stop), name="opening")
        opening.start()
        stack.callback(opening.join)
        supervisor.watch(stop)
        _say("đang dừng…")
    return 0


def _environment(port: int, folder: Path) -> dict[str, str]:
    """Return what the children are told; the ports are probed, so that a taken one is told at once."""
    probe(port)
    return {
        "LOAPHUONG_MODE": "rehearsal",
        "LOAPHUONG_DATA_DIR": str(folder.absolute()),
        "LOAPHUONG_STATION_DIR": str(folder.absolute() / "station"),
        "LOAPHUONG_STATION_SINK": "wav",
        "LOAPHUONG_PORT": str(port),
        "LOAPHUONG_BELL_PORT": str(free_port(port + 1)),
        "LOAPHUONG_DESK_PORT": str(free_port(port + 2)),
        "LOAPHUONG_REPEAT_MINUTES": str(REPEAT_MINUTES),
        "PYTHONUNBUFFERED": "1",
    }


def _filled(house: House) -> list[Account]:
    """Fill an empty database; what that takes is loaded only then, so that a later start is quick."""
    with house.database.reading() as session:
        if session.execute(text("SELECT 1 FROM unit LIMIT 1")).first():
            return []
    from web.rehearsal import seed  # noqa: PLC0415

    return seed(house)


def _open(house: House, stop: threading.Event) -> None:
    from web.opening import Opening  # noqa: PLC0415 (loaded while the processes start)

    Opening(house).run(stop)


def _start(
    supervisor: Supervisor, house: House, environment: Mapping[str, str], stop: threading.Event
) -> None:
    def child(name: str) -> Child:
        return supervisor.start(Child(name, own_command("serve" if name == "web" else name), environment))

    web = child("web")
    _await_server(house, web, stop)
    _say(f"trang đầu: {house.settings.url_of_site}/   bàn làm việc: {house.settings.url_of_site}/office")
    for name in ("scheduler", "worker", "bell"):
        child(name)
    if not stop.is_set():
        _enrol(house, environment)
        child("station")


def _await_server(house: House, web: Child, stop: threading.Event) -> None:
    began = house.clock.monotonic()
    while not stop.is_set() and not _answers(house.settings.url_of_site):
        late = house.clock.monotonic() - began > SERVER_PATIENCE_SECONDS
        if late or not web.running:
            raise ConfigurationError("Máy chủ web không chạy được; các dòng bên trên cho biết vì sao.")
        house.clock.wait(stop, 0.1)


def _answers(url: str) -> bool:
    """Tell whether the web server answers at all; 503 while the scheduler is not there yet is an answer."""
    try:
        with urlopen(f"{url}/healthz", timeout=5):  # noqa: S310 (our own address)
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False


def _enrol(house: House, environment: Mapping[str, str]) -> None:
    """Enrol the virtual station as a ward does, with a code, unless it is enrolled already."""
    from web.rehearsal import invite_virtual_station  # noqa: PLC0415 (loaded while the processes start)

    code = invite_virtual_station(house, Path(environment["LOAPHUONG_STATION_DIR"]))
    if code is None:
        return
    command = own_command("station", "enrol", code)
    ended = subprocess.run(
        command, env={**os.environ, **environment}, check=False, capture_output=True, text=True
    )
    if ended.returncode:
        raise ConfigurationError("Trạm ảo không ghi danh được: {why}", why=ended.stderr.strip())
    _say(ended.stdout.strip())


def _tell(house: House, accounts: list[Account]) -> None:
    _say("Tập dượt, không ra loa. Dữ liệu ở " + str(house.settings.data_dir))
    for account in accounts:
        _say(f"  {account.login:12} {account.password}   {account.name}")
    if accounts:
        _say("Mật khẩu chỉ hiện lần này.")
    else:
        where = f"LOAPHUONG_MODE=rehearsal LOAPHUONG_DATA_DIR={house.settings.data_dir}"
        _say("Người dùng như lần trước; quên mật khẩu thì chạy:")
        _say(f"  {where} .venv/bin/loaphuong user password van-phong")


def _say(line: str) -> None:
    with _PRINTING:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the data folder, or say that another rehearsal has it."""
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError("Một buổi tập dượt khác đang dùng {folder}.", folder=folder) from error
        yield
