"""What the station's environment says, checked whole before anything is opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import cast

from content.contracts.manifest import MODES, Mode
from content.errors import ConfigurationError
from station.outside import Outside, read_outside
from station.sound import Sink, Sound, read_sound, sink_problems


@dataclass(frozen=True)
class Settings:
    """Where the station keeps its things, what it sounds through, and which mode it runs in."""

    folder: Path
    sink: Sink
    mode: Mode
    outside: Outside = field(default_factory=Outside)
    sound: Sound = field(default_factory=Sound)

    @property
    def journal(self) -> Path:
        """The as-run journal."""
        return self.folder / "journal.db"

    @property
    def manifest(self) -> Path:
        """The last manifest accepted, with its signature."""
        return self.folder / "manifest.json"

    @property
    def volume(self) -> Path:
        """The volume last ordered, beside the journal that holds it too."""
        return self.folder / "volume.json"

    @property
    def clips(self) -> Path:
        """The folder of clips, by sha256."""
        return self.folder / "clips"

    @property
    def played(self) -> Path:
        """Where the WAV sink writes what is played."""
        return self.folder / "played"


def folder_of(environ: Mapping[str, str] | None = None) -> Path:
    """Return the station's folder, `LOAPHUONG_STATION_DIR` or `./station-data`."""
    environ = os.environ if environ is None else environ
    return Path(environ.get("LOAPHUONG_STATION_DIR") or "station-data").absolute()


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment, or raise one ConfigurationError that names every problem."""
    environ = os.environ if environ is None else environ
    mode = environ.get("LOAPHUONG_MODE") or "production"
    sink = environ.get("LOAPHUONG_STATION_SINK") or ("wav" if mode == "rehearsal" else "mpv")
    folder = folder_of(environ)
    outside, wrong = read_outside(environ, rehearsal=mode == "rehearsal")
    sound, muted = read_sound(environ, rehearsal=mode == "rehearsal")
    problems = [*_mode_problems(mode), *sink_problems(mode, sink), *_folder_problems(folder), *wrong, *muted]
    if problems:
        raise ConfigurationError("Cấu hình trạm chưa dùng được: {problems}", problems=" ".join(problems))
    return Settings(folder, cast("Sink", sink), cast("Mode", mode), outside, sound)


def program_version() -> str:
    """Return the version of the program as installed, `0` when it is not."""
    try:
        return installed_version("loaphuong")
    except PackageNotFoundError:
        return "0"


def _mode_problems(mode: str) -> list[str]:
    if mode in MODES:
        return []
    return [f"LOAPHUONG_MODE={mode} không có; dùng production hoặc rehearsal."]


def _folder_problems(folder: Path) -> list[str]:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        return [f"LOAPHUONG_STATION_DIR={folder}: không ghi được vào {existing}."]
    return []
