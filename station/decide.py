"""What to make ready, sound and refuse now: pure functions of the manifest, what is known, and the time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.contracts.airings import Level, Reason, State
from content.contracts.manifest import Item, Manifest
from station.quiet import DEFAULT, Span, first_free, quiet_spans

PRELOAD = timedelta(seconds=8)
LEAD = timedelta(milliseconds=500)
GRACE = timedelta(seconds=1)
QUIET_NOTE = "quiet hours, not enforced in rehearsal"


@dataclass(frozen=True, kw_only=True)
class Held:
    """An airing that an emergency cut off, with what is still to sound."""

    item: Item
    remaining_ms: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the station knows beside its manifest.

    taken: airings that began or ended, never to begin again.  unready: sha256 → why the clip cannot
    sound.  failed, troubled: airings whose clip the player cannot take ever, or for now.  called:
    airings an operator asked for now.  emergencies: spans in which one sounded (end None while it
    does).  not_before: with the journal lost, what was due earlier may have sounded already.
    """

    taken: Collection[str] = frozenset()
    unready: Mapping[str, Reason] = field(default_factory=dict)
    failed: Mapping[str, Reason] = field(default_factory=dict)
    troubled: Collection[str] = frozenset()
    called: Collection[str] = frozenset()
    playing: Item | None = None
    held: Held | None = None
    emergencies: tuple[tuple[datetime, datetime | None], ...] = ()
    clock_ok: bool = True
    not_before: datetime | None = None


@dataclass(frozen=True)
class Refusal:
    """An airing that will not sound: its final state, why, and a word on it."""

    item: Item
    outcome: State
    reason: Reason
    note: str | None = None


@dataclass(frozen=True)
class Start:
    """Begin `item` at the instant `at`; `cut` says that an ordinary airing makes way for it."""

    item: Item
    at: datetime
    cut: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Plan:
    """The decisions of one moment; `resume`: True go on with what is held, False give it up, None wait."""

    refusals: tuple[Refusal, ...] = ()
    preload: tuple[Item, ...] = ()
    start: Start | None = None
    resume: bool | None = None
    cut_quiet: bool = False


@dataclass(frozen=True)
class _Judge:
    manifest: Manifest
    facts: Facts
    now: datetime
    spans: list[Span]

    @property
    def enforced(self) -> bool:
        return self.manifest.mode == "production"

    def begins(self, item: Item) -> datetime:
        """Return the instant at which `item` is wanted."""
        if item.id in self.facts.called or (is_emergency(item) and not self.facts.clock_ok):
            return self.now
        return max(item.starts_at, self.now)

    def allowed(self, item: Item, at: datetime, length_ms: int) -> datetime:
        """Return the first instant from `at` on at which quiet hours let `item` sound."""
        if is_emergency(item) or not self.enforced:
            return at
        return first_free(at, timedelta(milliseconds=length_ms), self.spans)

    def quiet_note(self, item: Item, at: datetime) -> str | None:
        if is_emergency(item) or self.enforced:
            return None
        free = first_free(at, timedelta(milliseconds=item.duration_ms), self.spans)
        return QUIET_NOTE if free != at else None


def is_emergency(item: Item) -> bool:
    """Tell whether `item` goes before everything and sounds in quiet hours too."""
    return item.level is Level.EMERGENCY


def decide(manifest: Manifest, facts: Facts, now: datetime) -> Plan:
    """Return what to do at `now`, the best known time."""
    # A manifest that names no quiet hours does not mean that there are none.
    spans = quiet_spans(manifest.quiet or DEFAULT, ZoneInfo(manifest.time_zone), now)
    judge = _Judge(manifest, facts, now, spans)
    near = list(_near(judge))
    refusals = tuple(refusal for item in near if (refusal := _refusal(judge, item)))
    refused = {refusal.item.id for refusal in refusals}
    open_items = [item for item in near if item.id not in refused]
    start = _start(judge, open_items)
    return Plan(
        refusals=refusals,
        preload=_to_preload(judge, open_items, start),
        start=start,
        resume=_resume(judge),
        cut_quiet=_cut_quiet(judge),
    )


def _near(judge: _Judge) -> Iterator[Item]:
    """Yield what is not settled and matters now, emergencies first, then in the order of the manifest."""
    facts, horizon = judge.facts, judge.now + PRELOAD
    cancelled = frozenset(judge.manifest.cancelled)
    near = [
        item
        for item in judge.manifest.items
        if item.id not in facts.taken and (judge.begins(item) <= horizon or item.id in cancelled)
    ]
    yield from sorted(near, key=lambda item: not is_emergency(item))


def _refusal(judge: _Judge, item: Item) -> Refusal | None:
    facts = judge.facts
    if item.id in judge.manifest.cancelled:
        return Refusal(item, State.CANCELLED, Reason.RECALLED)
    if item.id in facts.failed:
        return Refusal(item, State.MISSED, facts.failed[item.id])
    if facts.not_before and item.starts_at < facts.not_before:
        return Refusal(item, State.MISSED, Reason.LATE, "the journal was lost; it may have sounded already")
    if judge.now > item.not_after and item.id not in facts.called:
        return _too_late(judge, item)
    free = judge.allowed(item, judge.now, item.duration_ms)
    if judge.begins(item) <= judge.now and free > max(item.not_after, judge.now):
        return Refusal(item, State.MISSED, Reason.QUIET_HOURS)
    return None


def _too_late(judge: _Judge, item: Item) -> Refusal:
    if not judge.facts.clock_ok:
        return Refusal(item, State.MISSED, Reason.CLOCK_UNTRUSTED)
    if any(
        start <= item.not_after and (end is None or end >= item.not_after)
        for start, end in judge.facts.emergencies
    ):
        return Refusal(item, State.PREEMPTED, Reason.EMERGENCY)
    troubled = Reason.PLAYER_FAILED if item.id in judge.facts.troubled else None
    return Refusal(item, State.MISSED, _unready(judge, item) or troubled or Reason.LATE)


def _unready(judge: _Judge, item: Item) -> Reason | None:
    """Return why the item cannot sound yet; a relay without a clip has nothing to sound."""
    return judge.facts.unready.get(item.clip.sha256) if item.clip else Reason.CLIP_MISSING


def _to_preload(judge: _Judge, items: list[Item], start: Start | None) -> tuple[Item, ...]:
    """Return what is to begin, every emergency that is near, and the next ordinary airing."""
    ready = [item for item in items if _unready(judge, item) is None]
    ordinary = [item for item in ready if not is_emergency(item)]
    wanted = [*([start.item] if start else []), *filter(is_emergency, ready), *ordinary[:1]]
    return tuple({item.id: item for item in wanted}.values())


def _start(judge: _Judge, items: list[Item]) -> Start | None:
    for item in items:
        emergency = is_emergency(item)
        if _unready(judge, item) or not (emergency or judge.facts.clock_ok):
            continue
        if not emergency and (judge.facts.playing or judge.facts.held):
            continue
        if emergency and judge.facts.playing and is_emergency(judge.facts.playing):
            continue
        at = judge.allowed(item, judge.begins(item), item.duration_ms)
        if at <= judge.now + LEAD:
            return Start(item, at, cut=judge.facts.playing is not None, note=judge.quiet_note(item, at))
    return None


def _resume(judge: _Judge) -> bool | None:
    held = judge.facts.held
    if held is None or judge.facts.playing:
        return None
    return judge.allowed(held.item, judge.now, held.remaining_ms) == judge.now


def _cut_quiet(judge: _Judge) -> bool:
    """Tell whether what plays has run into quiet hours, having been held up or being longer than said."""
    playing = judge.facts.playing
    since = judge.now - GRACE
    return playing is not None and judge.allowed(playing, since, 0) > since
