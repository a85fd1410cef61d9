"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from content.errors import CorruptError
from content.text import msgid

PART = ".part"
_CHUNK_BYTES = 1024 * 1024
_TOLD = {
    errno.ENOSPC: msgid("đĩa đã đầy, hãy giải phóng chỗ"),
    errno.EDQUOT: msgid("đã hết hạn mức đĩa của tài khoản chạy dịch vụ"),
    errno.EFBIG: msgid("tệp vượt hạn mức cỡ tệp của hệ thống"),
    errno.EROFS: msgid("đĩa đang ở chế độ chỉ đọc"),
    errno.EACCES: msgid("không có quyền ghi"),
    errno.EPERM: msgid("không có quyền ghi"),
    errno.ENAMETOOLONG: msgid("tên tệp quá dài"),
    errno.EISDIR: msgid("chỗ đó là một thư mục"),
    errno.ENOTDIR: msgid("một phần của đường dẫn không phải thư mục"),
    errno.ENOENT: msgid("không có thư mục đó"),
    errno.ELOOP: msgid("đường dẫn đi vòng"),
    errno.EBUSY: msgid("tệp đang được dùng"),
    errno.EMFILE: msgid("chương trình đang mở quá nhiều tệp"),
    errno.EIO: msgid("đĩa báo lỗi vào ra, có thể đang hỏng"),
}


def told(error: OSError) -> str:
    """Return in Vietnamese why the disk refuses."""
    return _TOLD.get(error.errno or 0) or f"lỗi hệ thống số {error.errno}"


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write `path` by a `.part` beside it and a rename; `durable` waits until the disk has it."""
    with _part_of(path, durable=durable) as file:
        file.write(data)


def copy_whole(source: Path, path: Path, sha256: str) -> None:
    """Copy `source` to `path`, whole and durable; CorruptError when its bytes are not those of the hash."""
    digest = hashlib.sha256()
    with source.open("rb") as given, _part_of(path, durable=True) as file:
        while chunk := given.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
        _require(digest.hexdigest(), sha256)


def is_sound(path: Path, sha256: str) -> bool:
    """Tell whether the file is there with the bytes of the hash; OSError when the disk cannot say."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


@contextmanager
def _part_of(path: Path, *, durable: bool) -> Iterator[IO[bytes]]:
    """Give a file that becomes `path` at the end of the block, or vanishes when the block fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with part.open("wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _require(found: str, sha256: str) -> None:
    if found != sha256:
        raise CorruptError("Tệp {sha256} đã hỏng trên đĩa.", sha256=sha256[:12])
