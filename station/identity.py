"""Who this station is: its own key, and what the centre answered when it was enrolled."""

from __future__ import annotations

import json
import logging
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from content.contracts import lpjson
from content.contracts.enrolment import EnrolAnswer, EnrolCode, EnrolRequest
from content.contracts.signing import PrivateKey, PublicKey
from content.errors import ConfigurationError, ContractError, InvalidInputError, NotFoundError
from station import centre
from station.files import write_private
from station.settings import program_version

KEY_FILE = "station.key"
RECORD_FILE = "station.json"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

log = logging.getLogger("station")


@dataclass(frozen=True)
class Enrolment:
    """The enrolment record; `token` is secret."""

    station: str
    mode: str
    centre_url: str
    bell_url: str
    time_zone: str
    centre_keys: tuple[str, ...]
    token: str = field(repr=False)

    @property
    def keys(self) -> list[PublicKey]:
        """The keys whose manifests this station obeys."""
        return [PublicKey.from_hex(key) for key in self.centre_keys]


@dataclass(frozen=True)
class Identity:
    """The station's own key and its enrolment."""

    key: PrivateKey
    enrolment: Enrolment


def load_identity(folder: Path) -> Identity:
    """Read key and enrolment; NotFoundError when the machine is not enrolled, else ConfigurationError."""
    record = folder / RECORD_FILE
    if not record.exists():
        raise NotFoundError(
            "Máy này chưa ghi danh. Xin mã ở trung tâm rồi chạy: loaphuong station enrol MÃ ({folder})",
            folder=str(folder),
        )
    try:
        given = json.loads(record.read_bytes())
        enrolment = Enrolment(**{**given, "centre_keys": tuple(given["centre_keys"])})
        return Identity(PrivateKey(bytes.fromhex((folder / KEY_FILE).read_text("ascii"))), enrolment)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            "Hồ sơ ghi danh trong {folder} không đọc được; hãy ghi danh lại.", folder=str(folder)
        ) from error


def enrol(code: EnrolCode, folder: Path, *, mode: str, trust: centre.Trust = True) -> Enrolment:
    """Enrol this machine with the centre that made `code`, and keep what it answers.

    Raises InvalidInputError for an address in clear text, UnavailableError when the centre is not to
    be reached, ForbiddenError for a code that is spent, ContractError when another centre answers.
    """
    _check_address(code.url, mode=mode)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = _own_key(folder)
    request = EnrolRequest(str(code), key.public.raw.hex(), platform.node(), program_version())
    answer = EnrolAnswer.from_wire(centre.enrol(code.url, request.to_wire(), trust=trust))
    if code.keyid not in {PublicKey.from_hex(public).keyid for public in answer.centre_keys}:
        raise ContractError("Trung tâm trả lời không giữ khóa {keyid} ghi trong mã.", keyid=code.keyid)
    enrolment = _enrolment(code.url, answer)
    write_private(folder / RECORD_FILE, lpjson.encode(asdict(enrolment)))
    return enrolment


def _own_key(folder: Path) -> PrivateKey:
    path = folder / KEY_FILE
    if not path.exists():
        write_private(path, PrivateKey.generate().raw.hex().encode())
    return PrivateKey(bytes.fromhex(path.read_text("ascii")))


def _enrolment(url: str, answer: EnrolAnswer) -> Enrolment:
    return Enrolment(
        station=answer.station,
        mode=answer.mode,
        centre_url=url,
        bell_url=urljoin(url + "/", answer.bell_url) if answer.bell_url else "",
        time_zone=answer.time_zone,
        centre_keys=answer.centre_keys,
        token=answer.token,
    )


def _check_address(url: str, *, mode: str) -> None:
    """Refuse to send a secret over plain HTTP, but to this very machine or in a rehearsal."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK and mode != "rehearsal":
        raise InvalidInputError("Địa chỉ trung tâm {url} phải bắt đầu bằng https://.", url=url)
