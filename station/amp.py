"""The amplifier: on some seconds before a broadcast, off some seconds after it, never between its clips.

What it is to be is decided here from what sounds and what is next; switching is slow and may fail, so
it is done aside, tried again, and told.
"""

from __future__ import annotations

import logging
import queue
import subprocess
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from content.clock import Clock
from content.contracts.manifest import Item, Manifest
from station.decide import is_emergency
from station.journal import Journal
from station.sound import AmpTerms
from station.switches import Switch, switch_of

ALARM = "amp_failed"
LONGEST_GAP_SECONDS = 900.0
AGAIN_SECONDS = 10.0
CLOSE_SECONDS = 5.0

log = logging.getLogger("station")
Submit = Callable[[Callable[[], None]], None]


@dataclass(frozen=True)
class Need:
    """What an amplifier has to know: `last` is what sounds, or sounded `quiet_for` seconds ago."""

    sounding: bool
    last: Item | None
    quiet_for: float
    next: Item | None
    next_in: float


def is_wanted(need: Need, terms: AmpTerms, *, on: bool | None) -> bool:
    """Tell whether the amplifier is to be on; `on` is how it stands, None when nobody knows."""
    if need.sounding or (need.next is not None and need.next_in <= terms.lead):
        return True
    if not on:
        return False
    if need.last is not None and need.quiet_for < terms.tail:
        return True
    if need.next is None:
        return False
    same = need.last is not None and need.next.window is not None and need.next.window == need.last.window
    return need.next_in <= (LONGEST_GAP_SECONDS if same else terms.lead + terms.tail)


def next_of(
    manifest: Manifest, taken: Collection[str], called: Collection[str], now: datetime, *, clock_ok: bool
) -> tuple[Item | None, float]:
    """Return what will sound first of all that has not begun, and in how many seconds; None if nothing."""
    gone = frozenset(manifest.cancelled)
    open_items = [
        item
        for item in manifest.items
        if item.id not in taken and item.id not in gone and (clock_ok or is_emergency(item))
    ]
    asked = [item for item in open_items if item.id in called or (is_emergency(item) and not clock_ok)]
    if asked:
        return asked[0], 0.0
    first = min(open_items, key=lambda item: item.starts_at, default=None)
    return first, (first.starts_at - now).total_seconds() if first else 0.0


class Amp:
    """The station's amplifier; `look` is called by the station's loop, `submit` takes what is slow."""

    def __init__(
        self, switch: Switch, terms: AmpTerms, clock: Clock, journal: Journal, *, submit: Submit
    ) -> None:
        self._switch = switch
        self._terms = terms
        self._clock = clock
        self._journal = journal
        self._submit = submit
        self._last: Item | None = None
        self._sounded_at = 0.0
        self._busy = False
        self._again_at = 0.0
        self.on: bool | None = None

    def look(self, playing: Item | None, following: Item | None, *, following_in: float) -> None:
        """Take what sounds, what is next and in how many seconds, and switch if that asks for it."""
        instant = self._clock.monotonic()
        if playing is not None:
            self._last, self._sounded_at = playing, instant
        need = Need(
            sounding=playing is not None,
            last=self._last,
            quiet_for=instant - self._sounded_at,
            next=following,
            next_in=following_in,
        )
        self._be(on=is_wanted(need, self._terms, on=self.on))

    def close(self) -> None:
        """Switch off, however it stands, and wait a little for that."""
        done = threading.Event()
        self._submit(lambda: self._off_at_last(done))
        self._clock.wait(done, CLOSE_SECONDS)

    def _be(self, *, on: bool) -> None:
        if on == self.on or self._busy or self._clock.monotonic() < self._again_at:
            return
        self._busy = True
        self._submit(lambda: self._turn(on=on))

    def _turn(self, *, on: bool) -> None:
        try:
            self._switch.turn(on=on)
        except (OSError, subprocess.SubprocessError) as error:
            self._again_at = self._clock.monotonic() + AGAIN_SECONDS
            self._fail(f"{'on' if on else 'off'}: {error}")
        else:
            self.on = on
            self._journal.calm(ALARM)
            log.info("the amplifier is %s", "on" if on else "off")
        finally:
            self._busy = False

    def _fail(self, why: str) -> None:
        if self._journal.alarm(ALARM, why):
            log.warning("the amplifier could not be switched %s", why)

    def _off_at_last(self, done: threading.Event) -> None:
        self._turn(on=False)
        done.set()


def open_amp(terms: AmpTerms | None, clock: Clock, journal: Journal) -> Amp | None:
    """Return the amplifier that the settings name and a thread that switches it, None when there is none."""
    if terms is None:
        return None
    jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    threading.Thread(target=_work, args=(jobs,), name="amp", daemon=True).start()
    return Amp(switch_of(terms), terms, clock, journal, submit=jobs.put)


def _work(jobs: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        job = jobs.get()
        try:
            job()
        except Exception:  # the thread's boundary: the amplifier is tried again
            log.exception("the amplifier's thread failed")
