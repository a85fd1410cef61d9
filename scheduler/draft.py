"""What a station's next manifest would say, and whether it says anything new (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from content.contracts import lpjson
from content.contracts.airings import Kind, Level, State
from content.contracts.instants import parse_instant
from content.contracts.manifest import ClipRef, Command, Item, Manifest, Mode, Quiet
from content.contracts.signing import from_base64
from scheduler.models.airing import Airing

REACH = timedelta(hours=96)
LEAST_REACH = timedelta(hours=72)
ON_AIR_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """What is the same for every item of a station's manifest."""

    mode: Mode
    time_zone: str
    quiet: tuple[Quiet, ...]

    def differ(self, payload: dict[str, Any]) -> bool:
        """Tell whether a signed payload says otherwise."""
        quiet = [entry.to_wire() for entry in self.quiet]
        return (payload["mode"], payload["time_zone"], payload["quiet"]) != (self.mode, self.time_zone, quiet)


@dataclass(frozen=True)
class Draft:
    """Items, tombstones and commands of one station as they should be, reaching to `end`.

    `sources`: order id → the address that it relays.
    """

    station: str
    terms: Terms
    end: datetime
    airings: tuple[Airing, ...]
    cancelled: tuple[str, ...]
    commands: tuple[Command, ...]
    sources: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def manifest(self, generation: int, now: datetime) -> Manifest:
        """Return the manifest to sign."""
        return Manifest(
            mode=self.terms.mode,
            station=self.station,
            generation=generation,
            issued_at=now,
            start=now,
            end=self.end,
            time_zone=self.terms.time_zone,
            quiet=self.terms.quiet,
            items=tuple(self._item(airing) for airing in self.airings),
            cancelled=self.cancelled,
            commands=self.commands,
        )

    def says_more_than(self, payload: dict[str, Any], now: datetime) -> bool:
        """Tell whether the signed `payload` lacks something; what it has too much has passed by itself."""
        old = {item["id"]: item for item in payload["items"]}
        return (
            any(old.get(airing.id) != self._item(airing).to_wire() for airing in self.airings)
            or not set(self.cancelled) <= set(payload["cancelled"])
            or not {c.id for c in self.commands} <= {c["id"] for c in payload["commands"]}
            or self.terms.differ(payload)
            or parse_instant(payload["to"]) - now < LEAST_REACH
        )

    def _item(self, airing: Airing) -> Item:
        return item_of(airing, self.sources.get(airing.order_id or 0))


def draft(
    station: str,
    terms: Terms,
    airings: Iterable[Airing],
    commands: Iterable[Command],
    *,
    reaches: datetime | None,
    now: datetime,
    sources: Mapping[int, str] = MappingProxyType({}),
) -> Draft:
    """Choose from a station's unfinished airings what its manifest carries.

    `reaches`: how far the signed one goes; it is kept as long as that is at least 72 h.
    """
    end = reaches if reaches is not None and reaches - now >= LEAST_REACH else now + REACH
    rows = list(airings)
    items = [row for row in rows if row.recalled_at is None and _carried(row, end, now)]
    gone = [row.id for row in rows if row.recalled_at is not None and row.not_after >= now]
    return Draft(station, terms, end, tuple(items), tuple(sorted(gone)), tuple(commands), sources)


def item_of(airing: Airing, source: str | None = None) -> Item:
    """Return an airing as the station is to play it; `source` is the address of a relay."""
    return Item(
        id=airing.id,
        kind=Kind(airing.kind),
        level=Level(airing.level),
        starts_at=airing.starts_at,
        not_after=airing.not_after,
        duration_ms=airing.duration_ms,
        clip=_clip(airing),
        source=source,
        title=airing.title,
        programme=airing.programme,
        revision=airing.revision_id,
        approval=airing.approval_id,
        window=airing.window_id,
    )


def payload_of(envelope: bytes) -> dict[str, Any]:
    """Return the payload of an envelope that we signed ourselves."""
    payload: dict[str, Any] = lpjson.decode(from_base64(lpjson.decode(envelope)["payload"]))
    return payload


def _carried(row: Airing, end: datetime, now: datetime) -> bool:
    """Tell whether a row belongs into a manifest: planned and near enough, or released and not past."""
    if row.rank == State.ON_AIR.rank:
        return row.not_after >= now - ON_AIR_KEPT
    return row.not_after >= now and (row.rank > State.PLANNED.rank or row.starts_at < end)


def _clip(airing: Airing) -> ClipRef | None:
    if airing.clip_sha256 is None or airing.clip_bytes is None or airing.media_type is None:
        return None
    return ClipRef(airing.clip_sha256, airing.clip_bytes, airing.media_type)
