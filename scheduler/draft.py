"""What a station's next manifest would say, and whether it says anything new (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from content.contracts import lpjson
from content.contracts.airings import Kind, Level, State
from content.contracts.instants import parse_instant
from content.contracts.manifest import STANDBY, AfterPreempt, ClipRef, Command, Item, Manifest, Mode, Quiet
from content.contracts.signing import from_base64
from scheduler.models.airing import Airing
from scheduler.rules import Rules

REACH = timedelta(days=8)
LEAST_REACH = timedelta(days=7)
"""A station that is cut off plays its programme for a week."""

ON_AIR_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Gains:
    """How loud each level may be at most, in 1/1000 dB; an emergency is never turned down."""

    normal_mdb: int = 0
    priority_mdb: int = 0

    def at_most(self, level: str) -> int:
        """Return the highest gain of a level."""
        return {str(Level.NORMAL): self.normal_mdb, str(Level.PRIORITY): self.priority_mdb}.get(level, 0)


WHOLE = Gains()


@dataclass(frozen=True)
class Terms:
    """What is the same for every item of a station's manifest."""

    mode: Mode
    time_zone: str
    quiet: tuple[Quiet, ...]
    after_preempt: AfterPreempt = "resume"
    gains: Gains = WHOLE

    def rules(self) -> Rules:
        """Return zone and quiet hours as rules: all that tells what may not sound any more."""
        return Rules(ZoneInfo(self.time_zone), self.quiet)

    def differ(self, payload: dict[str, Any]) -> bool:
        """Tell whether a signed payload says otherwise."""
        quiet = [entry.to_wire() for entry in self.quiet]
        return (payload["mode"], payload["time_zone"], payload["quiet"]) != (self.mode, self.time_zone, quiet)

    def cut_otherwise(self, payload: dict[str, Any]) -> bool:
        """Tell whether a signed payload has another policy for what an emergency cuts, or is too loud."""
        usual = [item for item in payload["items"] if item["level"] != Level.EMERGENCY]
        return any(
            item["after_preempt"] != self.after_preempt
            or item["gain_mdb"] > self.gains.at_most(item["level"])
            for item in usual
        )


@dataclass(frozen=True)
class Draft:
    """Items, tombstones and commands of one station as they should be, reaching to `end`.

    `sources`: order id → the address that it relays; `standby`: clips to be kept ready; `held`: airings
    that no manifest may carry until their week is approved again.
    """

    station: str
    terms: Terms
    end: datetime
    airings: tuple[Airing, ...]
    cancelled: tuple[str, ...]
    commands: tuple[Command, ...]
    sources: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    standby: tuple[ClipRef, ...] = ()
    held: frozenset[str] = frozenset()

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
            standby=self.standby,
        )

    def says_more_than(self, payload: dict[str, Any], now: datetime) -> bool:
        """Tell whether the signed `payload` lacks something; what it has too much has passed by itself."""
        old = {item["id"]: item for item in payload["items"]}
        return (
            any(old.get(airing.id) != self._item(airing).to_wire() for airing in self.airings)
            or not self.held.isdisjoint(old)
            or not set(self.cancelled) <= set(payload["cancelled"])
            or not {c.id for c in self.commands} <= {c["id"] for c in payload["commands"]}
            or self.terms.differ(payload)
            or [clip.to_wire() for clip in self.standby] != payload.get(STANDBY, [])
            or parse_instant(payload["to"]) - now < LEAST_REACH
        )

    def _item(self, airing: Airing) -> Item:
        source = self.sources.get(airing.order_id or 0)
        return item_of(airing, source, self.terms.after_preempt, self.terms.gains)


def draft(
    station: str,
    terms: Terms,
    airings: Iterable[Airing],
    commands: Iterable[Command],
    *,
    reaches: datetime | None,
    now: datetime,
    sources: Mapping[int, str] = MappingProxyType({}),
    standby: tuple[ClipRef, ...] = (),
    held: Collection[str] = (),
) -> Draft:
    """Choose from a station's unfinished airings what its manifest carries.

    `reaches`: how far the signed one goes; it is kept as long as that is at least a week.
    """
    end = reaches if reaches is not None and reaches - now >= LEAST_REACH else now + REACH
    rows = list(airings)
    waiting = frozenset(row.id for row in rows if row.id in held)
    live = [row for row in rows if row.recalled_at is None and row.id not in waiting]
    items = [row for row in live if _carried(row, end, now)]
    gone = [row.id for row in rows if row.recalled_at is not None and may_sound(row, now)]
    return Draft(
        station, terms, end, tuple(items), tuple(sorted(gone)), tuple(commands), sources, standby, waiting
    )


def item_of(
    airing: Airing,
    source: str | None = None,
    after_preempt: AfterPreempt = "resume",
    gains: Gains = WHOLE,
) -> Item:
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
        gain_mdb=min(airing.gain_mdb, gains.at_most(airing.level)),
        after_preempt=after_preempt if airing.level != Level.EMERGENCY else "resume",
    )


def may_sound(airing: Airing, now: datetime) -> bool:
    """Tell whether an airing, begun as late as it may be, could be heard at `now` or after.

    What is on air may have been paused or cut and resumed: until the station says it ended, it may sound.
    """
    if airing.rank == State.ON_AIR.rank:
        return airing.not_after >= now - ON_AIR_KEPT
    return airing.not_after + timedelta(milliseconds=airing.duration_ms) >= now


def payload_of(envelope: bytes) -> dict[str, Any]:
    """Return the payload of an envelope that we signed ourselves."""
    payload: dict[str, Any] = lpjson.decode_known(payload_bytes_of(envelope))
    return payload


def payload_bytes_of(envelope: bytes) -> bytes:
    """Return the same as it was signed."""
    return from_base64(lpjson.decode_known(envelope)["payload"])


def _carried(row: Airing, end: datetime, now: datetime) -> bool:
    """Tell whether a row belongs into a manifest: planned and near enough, or released and not past."""
    if row.rank == State.ON_AIR.rank:
        return row.not_after >= now - ON_AIR_KEPT
    return row.not_after >= now and (row.rank > State.PLANNED.rank or row.starts_at < end)


def _clip(airing: Airing) -> ClipRef | None:
    if airing.clip_sha256 is None or airing.clip_bytes is None or airing.media_type is None:
        return None
    return ClipRef(airing.clip_sha256, airing.clip_bytes, airing.media_type)
