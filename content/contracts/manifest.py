"""The signed manifest: everything a station is to play and do, per generation.

`Manifest.encode()` gives the LP-JSON payload, `seal()` the DSSE envelope that travels and is stored,
`open_manifest()` the way back: signature first, then form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from content.contracts import fields, lpjson, signing
from content.contracts.airings import NAME, Kind, Level
from content.contracts.instants import format_instant, parse_instant, parse_local_time
from content.errors import ContractError

PAYLOAD_TYPE = "application/vnd.loaphuong.manifest+json"
VERSION = 1
STANDBY = "standby"
"""The one part of a payload that stands there only when it says something."""

Mode = Literal["production", "rehearsal"]
AfterPreempt = Literal["resume", "restart", "drop"]
MODES: tuple[Mode, ...] = ("production", "rehearsal")
COMMAND_KINDS = ("play", "pause", "resume", "skip", "stop", "volume", "live", "test")


@dataclass(frozen=True)
class ClipRef:
    """A clip by the sha256 of its bytes; `bytes` is its size."""

    sha256: str
    bytes: int
    media_type: str

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"sha256": self.sha256, "bytes": self.bytes, "media_type": self.media_type}

    @classmethod
    def from_wire(cls, message: object) -> ClipRef:
        """Read the JSON object, or raise ContractError."""
        given = fields.exact_keys(message, frozenset({"sha256", "bytes", "media_type"}), "Tệp phát")
        return cls(
            fields.sha256(given, "sha256"),
            fields.count(given, "bytes", least=1),
            fields.typed(given, "media_type", str),
        )


@dataclass(frozen=True)
class Quiet:
    """Hours in which nothing but an emergency sounds, as local wall times; they may span midnight."""

    start: str
    end: str

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"start": self.start, "end": self.end}

    @classmethod
    def from_wire(cls, message: object) -> Quiet:
        """Read the JSON object, or raise ContractError."""
        given = fields.exact_keys(message, frozenset({"start", "end"}), "Giờ yên tĩnh")
        parse_local_time(given["start"])
        parse_local_time(given["end"])
        return cls(given["start"], given["end"])


@dataclass(frozen=True)
class Item:
    """One airing as the station is to play it.  `gain_mdb` is in 1/1000 dB."""

    id: str
    kind: Kind
    level: Level
    starts_at: datetime
    not_after: datetime
    duration_ms: int
    clip: ClipRef | None
    source: str | None
    title: str
    programme: str | None
    revision: int | None
    approval: int | None
    window: int | None
    gain_mdb: int = 0
    after_preempt: AfterPreempt = "resume"

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "id": self.id,
            "kind": str(self.kind),
            "level": str(self.level),
            "starts_at": format_instant(self.starts_at),
            "not_after": format_instant(self.not_after),
            "duration_ms": self.duration_ms,
            "clip": self.clip.to_wire() if self.clip else None,
            "source": self.source,
            "title": self.title,
            "programme": self.programme,
            "revision": self.revision,
            "approval": self.approval,
            "window": self.window,
            "gain_mdb": self.gain_mdb,
            "after_preempt": self.after_preempt,
        }

    @classmethod
    def from_wire(cls, message: object) -> Item:
        """Read the JSON object, or raise ContractError."""
        given = fields.exact_keys(message, _ITEM_KEYS, "Lượt phát")
        return cls(
            id=fields.matching(given, "id", NAME),
            kind=Kind(_one_of(given, "kind", tuple(Kind))),
            level=Level(_one_of(given, "level", tuple(Level))),
            starts_at=parse_instant(given["starts_at"]),
            not_after=parse_instant(given["not_after"]),
            duration_ms=fields.count(given, "duration_ms"),
            clip=ClipRef.from_wire(given["clip"]) if given["clip"] is not None else None,
            source=fields.optional(given, "source", str),
            title=fields.typed(given, "title", str),
            programme=fields.optional(given, "programme", str),
            revision=fields.optional(given, "revision", int),
            approval=fields.optional(given, "approval", int),
            window=fields.optional(given, "window", int),
            gain_mdb=fields.typed(given, "gain_mdb", int),
            after_preempt=cast(
                "AfterPreempt", _one_of(given, "after_preempt", ("resume", "restart", "drop"))
            ),
        )


@dataclass(frozen=True)
class Command:
    """One order to a station, done once by `id` (a uuid) before `expires_at`; `value` is its argument."""

    id: str
    kind: str
    item: str | None
    value: int | str | None
    by: str
    issued_at: datetime
    expires_at: datetime

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "id": self.id,
            "kind": self.kind,
            "item": self.item,
            "value": self.value,
            "by": self.by,
            "issued_at": format_instant(self.issued_at),
            "expires_at": format_instant(self.expires_at),
        }

    @classmethod
    def from_wire(cls, message: object) -> Command:
        """Read the JSON object, or raise ContractError."""
        given = fields.exact_keys(message, _COMMAND_KEYS, "Lệnh")
        value = given["value"]
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | str)):
            raise ContractError("Giá trị của lệnh phải là số nguyên hoặc chữ.")
        return cls(
            id=fields.typed(given, "id", str),
            kind=_one_of(given, "kind", COMMAND_KINDS),
            item=fields.optional(given, "item", str),
            value=value,
            by=fields.typed(given, "by", str),
            issued_at=parse_instant(given["issued_at"]),
            expires_at=parse_instant(given["expires_at"]),
        )


@dataclass(frozen=True)
class Manifest:
    """What one station is to do between `start` and `end` (at least 72 h).

    `standby`: clips of phrases that may be called at any moment, kept on the station's disk ahead.
    """

    mode: Mode
    station: str
    generation: int
    issued_at: datetime
    start: datetime
    end: datetime
    time_zone: str
    quiet: tuple[Quiet, ...]
    items: tuple[Item, ...] = ()
    cancelled: tuple[str, ...] = ()
    commands: tuple[Command, ...] = field(default=())
    standby: tuple[ClipRef, ...] = ()

    def encode(self) -> bytes:
        """Return the LP-JSON payload, items in the order of their start and name."""
        items = sorted(self.items, key=lambda item: (item.starts_at, item.id))
        standby = sorted(self.standby, key=lambda clip: clip.sha256)
        ready = {STANDBY: [clip.to_wire() for clip in standby]} if standby else {}
        return lpjson.encode(
            {
                "v": VERSION,
                "mode": self.mode,
                "station": self.station,
                "generation": self.generation,
                "issued_at": format_instant(self.issued_at),
                "from": format_instant(self.start),
                "to": format_instant(self.end),
                "time_zone": self.time_zone,
                "quiet": [quiet.to_wire() for quiet in self.quiet],
                "items": [item.to_wire() for item in items],
                "cancelled": sorted(self.cancelled),
                "commands": [command.to_wire() for command in self.commands],
                **ready,
            }
        )

    def seal(self, key: signing.PrivateKey) -> bytes:
        """Return the signed envelope that travels."""
        return signing.seal_envelope(PAYLOAD_TYPE, self.encode(), key)

    @classmethod
    def decode(cls, payload: bytes, read_item: Callable[[object], Item] = Item.from_wire) -> Manifest:
        """Read an LP-JSON payload, its items by `read_item`, or raise ContractError."""
        said = lpjson.decode(payload)
        ready = isinstance(said, dict) and STANDBY in said
        given = fields.exact_keys(said, _MANIFEST_KEYS | ({STANDBY} if ready else set()), "Bản kê phát")
        if given["v"] != VERSION:
            raise ContractError("Bản kê phát theo phiên bản {v}, trạm này hiểu phiên bản 1.", v=given["v"])
        return cls(
            mode=cast("Mode", _one_of(given, "mode", MODES)),
            station=fields.matching(given, "station", fields.SLUG),
            generation=fields.count(given, "generation", least=1),
            issued_at=parse_instant(given["issued_at"]),
            start=parse_instant(given["from"]),
            end=parse_instant(given["to"]),
            time_zone=_zone(given),
            quiet=tuple(Quiet.from_wire(entry) for entry in fields.typed(given, "quiet", list)),
            items=tuple(read_item(entry) for entry in fields.typed(given, "items", list)),
            cancelled=tuple(str(name) for name in fields.typed(given, "cancelled", list)),
            commands=tuple(Command.from_wire(entry) for entry in fields.typed(given, "commands", list)),
            standby=tuple(ClipRef.from_wire(entry) for entry in fields.typed(given, STANDBY, list))
            if ready
            else (),
        )


def open_manifest(envelope: bytes, keys: list[signing.PublicKey]) -> Manifest:
    """Return the manifest in `envelope` if one of the centre's `keys` signed it, else raise ContractError."""
    return Manifest.decode(signing.open_envelope(PAYLOAD_TYPE, envelope, keys))


def _one_of(given: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = given[name]
    if value not in allowed:
        raise ContractError("Trường {name} có giá trị lạ: {value}.", name=name, value=str(value)[:80])
    return str(value)


def _zone(given: dict[str, Any]) -> str:
    name = fields.typed(given, "time_zone", str)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ContractError("Không có múi giờ {name}.", name=name[:80]) from error
    return name


_ITEM_KEYS = frozenset(
    {"id", "kind", "level", "starts_at", "not_after", "duration_ms", "clip", "source", "title"}
    | {"programme", "revision", "approval", "window", "gain_mdb", "after_preempt"}
)
_COMMAND_KEYS = frozenset({"id", "kind", "item", "value", "by", "issued_at", "expires_at"})
_MANIFEST_KEYS = frozenset(
    {"v", "mode", "station", "generation", "issued_at", "from", "to", "time_zone", "quiet", "items"}
    | {"cancelled", "commands"}
)
