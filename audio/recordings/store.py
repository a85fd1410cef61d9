"""The uploaded bytes on disk, each under their own sha256: DATA_DIR/recordings/ab/<sha256>."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from audio.files import PART, is_sound, sync_folder, told
from audio.pcm import Pcm
from audio.recordings.decoding import Decoder, Heard, Limits
from audio.recordings.sniffing import Media, sniff
from content.errors import CorruptError, InvalidInputError, NotFoundError, UnavailableError

MB = 1_000_000
_NAME = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Taken:
    """A recording that was checked and kept: its bytes' sha256, how many, what they are and sound like."""

    sha256: str
    bytes: int
    media: Media
    heard: Heard


class Recordings:
    """Takes recordings in, and gives them out as sound.  No name that people gave reaches the disk."""

    def __init__(self, data_dir: Path, *, most_bytes: int = 50 * MB, limits: Limits | None = None) -> None:
        self.folder = data_dir / "recordings"
        self.most_bytes = most_bytes
        self._decoder = Decoder(data_dir / "tmp", limits)

    def take(self, given: IO[bytes]) -> Taken:
        """Read `given` to its end, check it and keep it, durably.

        InvalidInputError (field `sound`) tells what is wrong with it, and then nothing is kept;
        UnavailableError when the disk refuses.
        """
        try:
            return self._take(given)
        except OSError as error:
            raise UnavailableError("Không cất được bản thu trên máy chủ: {why}.", why=told(error)) from error

    def open(self, sha256: str) -> Path:
        """Return the path of a recording whose bytes were just checked.

        NotFoundError when there is none, CorruptError when its bytes have changed; given again, they stand.
        """
        path = self._path(sha256)
        try:
            if is_sound(path, sha256):
                return path
        except OSError as error:
            raise UnavailableError("Không đọc được bản thu: {why}.", why=told(error)) from error
        if path.exists():
            raise CorruptError("Tệp gốc của bản thu đã hỏng trên đĩa. Hãy tải lại đúng tệp đó lên.")
        raise NotFoundError("Tệp gốc của bản thu không còn trong kho. Hãy tải lại đúng tệp đó lên.")

    def pcm(self, sha256: str) -> Pcm:
        """Return a recording as mono PCM at speaking level; errors as of `open` and `take`."""
        with self.open(sha256).open("rb") as file:
            found = sniff(file)
            return self._decoder.decode(file, found, self._decoder.listen(file, found))

    def has(self, sha256: str) -> bool:
        """Tell whether there is a file of that name; its bytes are not looked at."""
        return bool(_NAME.fullmatch(sha256)) and self._path(sha256).is_file()

    def given_before(self, sha256: str, instant: datetime) -> bool:
        """Tell whether a recording was last given before `instant`; a lost one was."""
        try:
            given = self._path(sha256).stat().st_mtime
        except FileNotFoundError:
            return True
        return datetime.fromtimestamp(given, UTC) < instant

    def remove(self, sha256: str) -> None:
        """Remove a recording that nobody names any more."""
        self._path(sha256).unlink(missing_ok=True)

    def _take(self, given: IO[bytes]) -> Taken:
        with self._received(given) as (part, sha256):
            with part.open("rb") as file:
                found = sniff(file)
                heard = self._decoder.listen(file, found)
                size = file.seek(0, os.SEEK_END)
            self._place(part, self._path(sha256), sha256)
            return Taken(sha256, size, found.media, heard)

    @contextmanager
    def _received(self, given: IO[bytes]) -> Iterator[tuple[Path, str]]:
        """Give the bytes in a file that vanishes with the block unless it was put into place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{secrets.token_hex(8)}{PART}"
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("xb") as file:
                while chunk := given.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    size += len(chunk)
                    self._require_small(size)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            yield part, digest.hexdigest()
        finally:
            part.unlink(missing_ok=True)

    def _require_small(self, size: int) -> None:
        if size > self.most_bytes:
            raise InvalidInputError(
                "Tệp lớn hơn {limit} MB, giới hạn ở đây. Hãy lưu lại thành M4A hoặc MP3, hoặc cắt "
                "ngắn, rồi tải lại.",
                field="sound",
                limit=self.most_bytes // MB,
            )

    def _place(self, part: Path, path: Path, sha256: str) -> None:
        if is_sound(path, sha256):
            os.utime(path)
            return
        path.parent.mkdir(exist_ok=True)
        part.replace(path)
        sync_folder(path.parent)

    def _path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise NotFoundError("Không có bản thu âm nào mang mã này.")
        return self.folder / sha256[:2] / sha256
