"""The second copy of approved clips: ARCHIVE_DIR/ab/<sha256>.mp3, best on another disk."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from pathlib import Path

from audio.files import copy_whole, is_sound, told
from content.errors import CorruptError, UnavailableError

QUARANTINE = "quarantine"
SUFFIX = ".mp3"
_log = logging.getLogger(__name__)


class Archive:
    """Keeps copies; a copy that changed is put aside and never given back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the copy lies or would lie."""
        return self.folder / sha256[:2] / f"{sha256}{SUFFIX}"

    def has(self, sha256: str) -> bool:
        """Tell whether a copy is there; its bytes are not looked at."""
        return self.path(sha256).is_file()

    def keep(self, sha256: str, source: Path) -> bool:
        """Copy `source`, unless a sound copy is there; tell whether one was made.

        Raises CorruptError when `source` is not what the hash names, UnavailableError when the disk refuses.
        """
        try:
            if is_sound(self.path(sha256), sha256):
                return False
            copy_whole(source, self.path(sha256), sha256)
        except OSError as error:
            raise UnavailableError(
                "Không ghi được bản lưu vào {folder}: {why}.", folder=self.folder, why=told(error)
            ) from error
        return True

    def give_back(self, sha256: str, path: Path) -> bool:
        """Write the copy to `path`, if there is a sound one; tell whether.  A damaged one is put aside."""
        try:
            copy_whole(self.path(sha256), path, sha256)
        except FileNotFoundError:
            return False
        except CorruptError:
            put_aside(self.path(sha256), sha256, self.folder / QUARANTINE)
            return False
        return True


def put_aside(path: Path, sha256: str, quarantine: Path) -> None:
    """Move a damaged clip to `quarantine`; if another process put a sound one there meanwhile, leave it."""
    quarantine.mkdir(parents=True, exist_ok=True)
    aside = quarantine / f"{path.stem}.{secrets.token_hex(4)}{SUFFIX}"
    try:
        path.replace(aside)
    except FileNotFoundError:
        return
    if is_sound(aside, sha256):
        aside.replace(path)
        return
    _log.error("clip %s is corrupt and was put aside: %s", sha256[:12], aside)


def names_in(folder: Path) -> Iterator[Path]:
    """Give the clips below a folder of this form, quarantine left out."""
    return (path for path in folder.glob(f"??/*{SUFFIX}") if path.is_file())
