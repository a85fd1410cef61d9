"""The command line as a person meets it: arguments in, exit code and words out."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import loaphuong
from content.clock import SystemClock
from content.models.unit import Unit
from content.settings import Settings
from scheduler import stations
from tests.web.hall import UNITS
from tests.web.wards import MORNING, make_unit
from web import migrate
from web.house import House


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return what runs `loaphuong` with arguments, its data in `tmp_path`/data."""
    monkeypatch.setenv("LOAPHUONG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LOAPHUONG_MODE", "rehearsal")
    monkeypatch.setattr("sys.stdin", io.StringIO())

    def command(*arguments: str, **environment: str) -> Ran:
        for name, value in environment.items():
            monkeypatch.setenv(f"LOAPHUONG_{name}", value)
        monkeypatch.setattr("sys.argv", ["loaphuong", *arguments])
        capsys.readouterr()
        code = 0
        try:
            loaphuong.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return command


def open_house(folder: Path) -> House:
    """Return the house in `folder`, as the commands open it."""
    return House.open(Settings(mode="rehearsal", data_dir=folder), SystemClock())


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder at the newest migration, with units and a station at each ward."""
    folder = tmp_path_factory.mktemp("built") / "data"
    house = open_house(folder)
    migrate.upgrade(house.database.engine)
    with house.database.writing() as session:
        made: dict[str | None, Unit] = {}
        for slug, name, _, parent in UNITS:
            above = made.get(parent)
            made[slug] = make_unit(session, slug, name, parent_id=above.id if above else None)
        for slug in ("ha-dinh", "dinh-cong"):
            stations.create_station(session, made[slug].id, title=slug, name=f"{slug}-1", now=MORNING)
    house.close()
    return folder


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    """Return the data folder of this test's commands, filled."""
    return shutil.copytree(built, tmp_path / "data")
