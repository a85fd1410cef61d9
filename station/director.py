"""Between deciding and doing: gathers the facts, asks `decide`, and hands its plan to stage and journal."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from content.contracts.airings import Reason, State
from content.contracts.instants import format_instant, parse_instant
from content.contracts.manifest import Item, Manifest
from station.commands import Orders
from station.decide import PRELOAD, Facts, Plan, Refusal, decide
from station.journal import Journal
from station.stage import Stage
from station.store import Store
from station.timekeeping import Timekeeper

log = logging.getLogger("station")


@dataclass
class Director:
    """Does what a manifest asks for at this moment."""

    stage: Stage
    orders: Orders
    journal: Journal
    store: Store
    timekeeper: Timekeeper
    doubts: list[tuple[datetime, datetime]] = field(default_factory=list)
    _doubted_since: float | None = None

    def direct(self, manifest: Manifest) -> None:
        """Refuse, make ready, begin, cut and bring back what is to be now."""
        self._recall(frozenset(manifest.cancelled))
        self._watch_trust()
        plan = decide(manifest, self._facts(manifest), self.timekeeper.now())
        self.refuse(plan.refusals, generation=manifest.generation)
        if plan.cut_quiet:
            self.stage.end_follower(State.MISSED, Reason.QUIET_HOURS)
            self.stage.end(State.PARTIAL, Reason.QUIET_HOURS)
        # What is ready begins first: making the next one ready takes its time.
        begun = self._begin(plan, manifest.generation)
        self.stage.cues.prepare([item for item in plan.preload if item.id not in self.journal.taken])
        if not begun:
            self._begin(plan, manifest.generation)
        if plan.start is None and plan.resume is not None and self.stage.current is None:
            self.stage.come_back(allowed=plan.resume)

    def _begin(self, plan: Plan, generation: int) -> bool:
        return plan.start is not None and self.stage.begin(plan.start, generation=generation)

    def refuse(self, refusals: Iterable[Refusal], *, generation: int) -> None:
        """Commit and tell what will not sound."""
        for refusal in refusals:
            item, outcome, reason = refusal.item, refusal.outcome, refusal.reason
            self.journal.not_played(item, outcome, reason, generation=generation, note=refusal.note)
            level = logging.INFO if outcome is State.CANCELLED else logging.WARNING
            log.log(level, "not played: %s (%s, %s)", item.title, outcome, reason)

    def near(self, manifest: Manifest | None) -> list[Item]:
        """Return what is not settled and may have to sound in the next seconds."""
        if manifest is None:
            return []
        now = self.timekeeper.now()
        horizon, called = now + PRELOAD, self.orders.called(now)
        # With a clock that is not to be trusted anything may be due.
        doubtful = not self.timekeeper.ok
        return [
            item
            for item in manifest.items
            if (doubtful or item.starts_at <= horizon or item.id in called)
            and item.id not in self.journal.taken
        ]

    def _recall(self, cancelled: frozenset[str]) -> None:
        for act in [act for act in self.stage.aside if act.item.id in cancelled]:
            self.stage.end_aside(act, State.PARTIAL, Reason.RECALLED)
        if self.stage.following and self.stage.following.id in cancelled:
            self.stage.end_follower(State.CANCELLED, Reason.RECALLED)
        if self.stage.playing and self.stage.playing.id in cancelled:
            self.stage.end(State.PARTIAL, Reason.RECALLED)

    def _facts(self, manifest: Manifest) -> Facts:
        return Facts(
            taken=self.journal.taken,
            unready=self._unready(manifest),
            failed=self.stage.cues.failed,
            troubled=self.stage.cues.troubled,
            called=self.orders.called(self.timekeeper.now()),
            playing=self.stage.playing,
            ends_at=self.stage.ends_at,
            following=self.stage.following,
            held=self.stage.held,
            emergencies=tuple(self.stage.emergencies),
            clock_ok=self.timekeeper.ok,
            doubts=tuple(self.doubts),
            not_before=self._not_before(),
        )

    def _watch_trust(self) -> None:
        """Note for how long the clock was not to be trusted, once it is again."""
        passed = self.timekeeper.clock.monotonic()
        if not self.timekeeper.ok:
            self._doubted_since = passed if self._doubted_since is None else self._doubted_since
        elif self._doubted_since is not None:
            now, lasted = self.timekeeper.now(), timedelta(seconds=passed - self._doubted_since)
            self.doubts.append((now - lasted, now))
            self._doubted_since = None

    def _unready(self, manifest: Manifest) -> Mapping[str, Reason]:
        clips = [item.clip for item in self.near(manifest) if item.clip]
        return {
            clip.sha256: Reason.CLIP_CORRUPT if clip.sha256 in self.store.corrupt else Reason.CLIP_MISSING
            for clip in clips
            if not self.store.has(clip)
        }

    def _not_before(self) -> datetime | None:
        """Return when the journal was lost; one told by a clock that ran ahead is mended by a right one."""
        kept = self.journal.meta("not_before")
        if not kept:
            return None
        lost, now = parse_instant(kept), self.timekeeper.now()
        if lost > now and (self.timekeeper.ok or self.timekeeper.measured_once):
            self.journal.set_meta("not_before", format_instant(now))
            return now
        return lost
