"""What to make ready, sound and refuse now: pure functions of the manifest, what is known, and the time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.contracts.airings import Level, Reason, State
from content.contracts.manifest import Item, Manifest
from content.contracts.notes import Noted
from station.quiet import DEFAULT, Span, first_free, quiet_spans

PRELOAD = timedelta(seconds=8)
PRELOAD_STREAM = timedelta(seconds=3)
READY_AHEAD = 2
LEAD = timedelta(seconds=1)
GRACE = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Held:
    """An airing that an emergency cut off, with what is still to sound; nothing when its time is over."""

    item: Item
    remaining_ms: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the station knows beside its manifest.

    taken: airings that began or ended, never to begin again.  unready: sha256 → why the clip cannot
    sound.  failed, troubled: airings whose clip the player cannot take ever, or for now.  called:
    airings an operator asked for now.  ends_at: when what plays will end if nothing comes between,
    None when nobody can tell.  following: what already waits for that.  emergencies: spans in which
    one sounded (end None while it does).  doubts: spans in which the clock was not to be trusted.
    not_before: with the journal lost, what was due earlier may have sounded already.
    """

    taken: Collection[str] = frozenset()
    unready: Mapping[str, Reason] = field(default_factory=dict)
    failed: Mapping[str, Reason] = field(default_factory=dict)
    troubled: Collection[str] = frozenset()
    called: Collection[str] = frozenset()
    playing: Item | None = None
    ends_at: datetime | None = None
    following: Item | None = None
    held: Held | None = None
    emergencies: tuple[tuple[datetime, datetime | None], ...] = ()
    clock_ok: bool = True
    doubts: tuple[tuple[datetime, datetime], ...] = ()
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
    """Begin `item` at the instant `at`; `cut` says that an ordinary airing makes way for it.

    While something plays that makes no way, it follows that.
    """

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
        return Noted.QUIET_IN_REHEARSAL if free != at else None


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
    named = frozenset(judge.manifest.cancelled) | frozenset(facts.called)
    near = [
        item
        for item in judge.manifest.items
        if (item.starts_at <= horizon or item.id in named or (not facts.clock_ok and is_emergency(item)))
        and item.id not in facts.taken
    ]
    yield from sorted(near, key=lambda item: not is_emergency(item))


def _refusal(judge: _Judge, item: Item) -> Refusal | None:
    facts = judge.facts
    if item.id in judge.manifest.cancelled:
        return Refusal(item, State.CANCELLED, Reason.RECALLED)
    if item.id in facts.failed:
        return Refusal(item, State.MISSED, facts.failed[item.id])
    if facts.not_before and item.starts_at < facts.not_before:
        return Refusal(item, State.MISSED, Reason.LATE, Noted.MAYBE_HEARD)
    if judge.now > item.not_after and item.id not in facts.called:
        return _too_late(judge, item)
    free = judge.allowed(item, judge.now, item.duration_ms)
    if judge.begins(item) <= judge.now and free > max(item.not_after, judge.now):
        return Refusal(item, State.MISSED, Reason.QUIET_HOURS)
    return None


def _too_late(judge: _Judge, item: Item) -> Refusal:
    doubted = any(start <= item.not_after <= end for start, end in judge.facts.doubts)
    if doubted or not judge.facts.clock_ok:
        return Refusal(item, State.MISSED, Reason.CLOCK_UNTRUSTED)
    if any(
        start <= item.not_after and (end is None or end >= item.not_after)
        for start, end in judge.facts.emergencies
    ):
        return Refusal(item, State.PREEMPTED, Reason.EMERGENCY)
    troubled = Reason.PLAYER_FAILED if item.id in judge.facts.troubled else None
    return Refusal(item, State.MISSED, _unready(judge, item) or troubled or Reason.LATE)


def _unready(judge: _Judge, item: Item) -> Reason | None:
    """Return why the item cannot sound yet; the clip of a relay only stands in for its stream."""
    if item.source:
        return None
    return judge.facts.unready.get(item.clip.sha256) if item.clip else Reason.CLIP_MISSING


def _to_preload(judge: _Judge, items: list[Item], start: Start | None) -> tuple[Item, ...]:
    """Return what is to begin, every emergency that is near, and the next two ordinary airings.

    A stream is opened late, for what comes early would only be let go.
    """
    horizon = judge.now + PRELOAD_STREAM
    ready = [
        item
        for item in items
        if _unready(judge, item) is None and (not item.source or judge.begins(item) <= horizon)
    ]
    ordinary = [item for item in ready if not is_emergency(item)]
    wanted = [*([start.item] if start else []), *filter(is_emergency, ready), *ordinary[:READY_AHEAD]]
    return tuple({item.id: item for item in wanted}.values())


def _start(judge: _Judge, items: list[Item]) -> Start | None:
    for item in items:
        emergency = is_emergency(item)
        if _unready(judge, item) or not (emergency or judge.facts.clock_ok):
            continue
        turn = _turn(judge, item)
        if turn is None:
            continue
        at = judge.allowed(item, turn, item.duration_ms)
        if at <= judge.now + LEAD and (turn <= judge.now or at <= item.not_after):
            # The player itself lets nothing begin before what sounds has ended, and knows that better.
            wanted = judge.begins(item) if at == turn else at
            return Start(item, wanted, cut=_cuts(judge, item), note=judge.quiet_note(item, at))
    return None


def _cuts(judge: _Judge, item: Item) -> bool:
    """Tell whether something ordinary makes way for `item`."""
    playing = judge.facts.playing
    return is_emergency(item) and playing is not None and not is_emergency(playing)


def _turn(judge: _Judge, item: Item) -> datetime | None:
    """Return when `item` would begin by what sounds and waits now; None when it is not its turn."""
    facts, begins = judge.facts, judge.begins(item)
    if facts.held and not is_emergency(item):
        return None
    if facts.playing is None or _cuts(judge, item):
        return begins
    if facts.following or facts.ends_at is None:
        return None
    return max(begins, facts.ends_at)


def _resume(judge: _Judge) -> bool | None:
    held = judge.facts.held
    if held is None or judge.facts.playing:
        return None
    return held.remaining_ms > 0 and judge.allowed(held.item, judge.now, held.remaining_ms) == judge.now


def _cut_quiet(judge: _Judge) -> bool:
    """Tell whether what plays has run into quiet hours, having been held up or being longer than said."""
    playing = judge.facts.playing
    since = judge.now - GRACE
    return playing is not None and judge.allowed(playing, since, 0) > since
