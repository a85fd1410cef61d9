"""How a ward's machine becomes a station, and the heartbeat it sends from then on."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from dataclasses import fields as dataclass_fields
from typing import Any, cast

from content.contracts import fields
from content.contracts.manifest import MODES, Mode
from content.contracts.signing import PublicKey
from content.errors import ContractError

HEARTBEAT_SECONDS = 30
LATE_SECONDS = 45
OFFLINE_SECONDS = 90
_CODE = re.compile(r"(https?://[^\s#]+?)/?#LP1\.([A-Za-z0-9_-]{16,128})\.([0-9a-f]{16})")


@dataclass(frozen=True)
class EnrolCode:
    """What the office hands to the ward: where the centre is, a secret for once, the centre's key id."""

    url: str
    secret: str
    keyid: str

    def __str__(self) -> str:
        return f"{self.url}/#LP1.{self.secret}.{self.keyid}"

    @classmethod
    def parse(cls, text: str) -> EnrolCode:
        """Read a code as it was pasted, or raise ContractError."""
        found = _CODE.fullmatch(text.strip())
        if found is None:
            raise ContractError("Mã ghi danh không đúng dạng https://…/#LP1.….…; hãy chép lại cả dòng.")
        return cls(*found.groups())


@dataclass(frozen=True)
class EnrolRequest:
    """`POST /api/v1/enrol`."""

    code: str
    public_key: str
    host: str
    version: str

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class EnrolAnswer:
    """What the centre answers: the station's name and token, and the keys it will sign with."""

    station: str
    token: str
    mode: Mode
    centre_keys: tuple[str, ...]
    bell_url: str
    time_zone: str

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {**asdict(self), "centre_keys": list(self.centre_keys)}

    @classmethod
    def from_wire(cls, message: object) -> EnrolAnswer:
        """Read the JSON object, or raise ContractError."""
        names = frozenset(field.name for field in dataclass_fields(cls))
        given = fields.exact_keys(message, names, "Trả lời ghi danh")
        keys = tuple(str(key) for key in fields.typed(given, "centre_keys", list))
        for key in keys:
            PublicKey.from_hex(key)
        if given["mode"] not in MODES:
            raise ContractError("Chế độ {mode} không có.", mode=given["mode"])
        return cls(
            station=fields.matching(given, "station", fields.SLUG),
            token=fields.typed(given, "token", str),
            mode=cast("Mode", given["mode"]),
            centre_keys=keys,
            bell_url=fields.typed(given, "bell_url", str),
            time_zone=fields.typed(given, "time_zone", str),
        )


@dataclass(frozen=True)
class Heartbeat:
    """`POST /api/v1/stations/{station}/heartbeat` every 30 s; `playing` is an airing's id or None."""

    boot: str
    generation: int
    clips_missing: tuple[str, ...]
    playing: str | None
    disk_free_bytes: int
    clock_offset_ms: int | None
    clock_ok: bool
    player: str
    version: str

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {**asdict(self), "clips_missing": list(self.clips_missing), "v": 1}

    @classmethod
    def from_wire(cls, message: object) -> Heartbeat:
        """Read the JSON object, or raise ContractError."""
        names = frozenset({"v", *(field.name for field in dataclass_fields(cls))})
        given = fields.exact_keys(message, names, "Nhịp trạm")
        missing = fields.typed(given, "clips_missing", list)
        if not all(isinstance(name, str) and fields.SHA256.fullmatch(name) for name in missing):
            raise ContractError("clips_missing phải là danh sách mã sha256.")
        return cls(
            boot=fields.typed(given, "boot", str),
            generation=fields.count(given, "generation"),
            clips_missing=tuple(missing),
            playing=fields.optional(given, "playing", str),
            disk_free_bytes=fields.count(given, "disk_free_bytes"),
            clock_offset_ms=fields.optional(given, "clock_offset_ms", int),
            clock_ok=fields.typed(given, "clock_ok", bool),
            player=fields.typed(given, "player", str),
            version=fields.typed(given, "version", str),
        )
