"""The station's own memory: what began and ended, what was reported, which commands are done.

What is committed here is on the disk before the next step: `starting` before the first sample.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from content.contracts.airings import Kind, Reason, State
from content.contracts.asrun import Event
from content.contracts.instants import format_instant
from content.contracts.manifest import Item
from content.errors import ConfigurationError, ContractError, CorruptError
from station.chain import Chain, Stamp
from station.database import Database

FIRST = "first"
LOST = "journal lost"
KEPT = timedelta(days=90)
log = logging.getLogger("station")

_AIRING = "insert or replace into airing values (?,?,?,?,?,?,?,?)"
_TOLD = "insert or replace into told values (?,?,?,?,?,?,?)"


@dataclass(frozen=True)
class Opened:
    """An airing that began, or was about to; instants are texts of the contract."""

    id: str
    kind: Kind
    clip: str | None
    generation: int | None
    planned_at: str
    started_at: str | None = None
    heard_ms: int | None = None

    @classmethod
    def of(cls, item: Item, generation: int) -> Opened:
        """Return what is known of `item` before it sounds."""
        clip = item.clip.sha256 if item.clip else None
        return cls(item.id, item.kind, clip, generation, format_instant(item.starts_at))

    def matter(self) -> dict[str, Any]:
        """Return the fields that every record of a play carries."""
        return {
            "airing": self.id,
            "kind": self.kind,
            "clip": self.clip,
            "generation": self.generation,
            "planned_at": self.planned_at,
        }

    def row(self, *, ended: bool) -> tuple[Any, ...]:
        """Return the row of the ledger."""
        planned = (self.id, self.kind, self.clip, self.generation, self.planned_at)
        return (*planned, self.started_at, self.heard_ms, int(ended))


@dataclass(frozen=True)
class Told:
    """What can be told at the station of an airing that began or ended."""

    id: str
    planned_at: str
    started_at: str | None
    heard_ms: int | None
    title: str
    programme: str | None
    level: str
    duration_ms: int
    outcome: str | None
    reason: str | None


class Journal:
    """One open journal; every method is one transaction and may be called from any thread.

    `taken` names every airing that began or ended.
    """

    def __init__(self, path: Path, station: str, stamp: Callable[[], Stamp], *, public_key: str) -> None:
        self._db = Database(path)
        try:
            self._check_owner(station)
            self.chain = Chain(self._db, station, stamp, public_key=public_key)
            self.taken = {str(row[0]) for row in self._db.read("select id from airing")}
            self.set_meta("station", station)
        except BaseException:
            self._db.close()
            raise

    def starting(self, item: Item, *, generation: int, note: str | None = None) -> None:
        """Commit that `item` is about to sound, before its first sample."""
        opened = Opened.of(item, generation)
        with self._db.transaction():
            self.chain.record(Event.STARTING, note=note, **opened.matter())
            self._db.write(_AIRING, *opened.row(ended=False))
            self._db.write(_TOLD, *_told(item), None, None)
        self.taken.add(item.id)

    def begun(self, airing: str, started_at: datetime) -> None:
        """Note when the first sample sounded."""
        self._db.write("update airing set started_at = ? where id = ?", format_instant(started_at), airing)

    def progress(self, airing: str, heard_ms: int) -> None:
        """Note how far an airing has been heard, for the case that the power goes."""
        self._db.write("update airing set heard_ms = ? where id = ?", heard_ms, airing)

    def finished(self, airing: Opened, outcome: State, reason: Reason | None, **words: str | None) -> None:
        """Commit how an airing that began has ended; `words` are `by` and `note`."""
        with self._db.transaction():
            self.chain.record(
                Event.FINISHED,
                **airing.matter(),
                started_at=airing.started_at,
                heard_ms=airing.heard_ms,
                outcome=outcome,
                reason=reason,
                **words,
            )
            self._db.write(_AIRING, *airing.row(ended=True))
            self._db.write("update told set outcome = ?, reason = ? where id = ?", outcome, reason, airing.id)

    def not_played(
        self, item: Item, outcome: State, reason: Reason, *, generation: int, **words: str | None
    ) -> None:
        """Commit that an airing has not sounded and will not."""
        opened = Opened.of(item, generation)
        with self._db.transaction():
            self.chain.record(Event.NOT_PLAYED, **opened.matter(), outcome=outcome, reason=reason, **words)
            self._db.write(_AIRING, *opened.row(ended=True))
            self._db.write(_TOLD, *_told(item), outcome, reason)
        self.taken.add(item.id)

    def told_between(self, start: datetime, end: datetime) -> list[Told]:
        """Return what began or ended of the airings planned from `start` to before `end`, in their order."""
        rows = self._db.read(
            "select id, planned_at, started_at, heard_ms, title, programme, level, duration_ms,"
            " outcome, reason from airing join told using (id) where planned_at >= ? and planned_at < ?"
            " order by planned_at, id",
            format_instant(start),
            format_instant(end),
        )
        return [Told(*row) for row in rows]

    def without_end(self) -> list[Opened]:
        """Return the airings that began and have no end."""
        rows = self._db.read(
            "select id, kind, clip, generation, planned_at, started_at, heard_ms from airing where ended = 0"
        )
        return [Opened(row[0], Kind(row[1]), *row[2:]) for row in rows]

    def command_done(self, command: str, **matter: Any) -> None:
        """Commit that a command was carried out, or refused, once for all."""
        with self._db.transaction():
            record = self.chain.record(Event.COMMAND, **matter)
            self._db.write("insert into command values (?, ?)", command, record.at)

    def commands_done(self) -> set[str]:
        """Return the names of the commands that are done."""
        return {str(row[0]) for row in self._db.read("select id from command")}

    def alarm(self, reason: str, note: str, *, about: str = "") -> bool:
        """Record an alarm unless the same one, `about` the same thing, stands; tell whether it did."""
        with self._db.transaction():
            if self._db.read("select 1 from alarm where reason = ? and about = ?", reason, about):
                return False
            self._db.write("insert into alarm values (?, ?)", reason, about)
            self.chain.record(Event.ALARM, reason=reason, note=note)
        return True

    def calm(self, reason: str) -> None:
        """Let an alarm sound again the next time, its cause being gone."""
        if self._db.read("select 1 from alarm where reason = ?", reason):
            self._db.write("delete from alarm where reason = ?", reason)

    def standing(self) -> set[str]:
        """Return the reasons of the alarms that stand."""
        return {str(row[0]) for row in self._db.read("select reason from alarm")}

    def meta(self, key: str) -> str | None:
        """Return a kept value."""
        rows = self._db.read("select value from meta where key = ?", key)
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a value."""
        self._db.write("insert or replace into meta values (?, ?)", key, value)

    @property
    def generation(self) -> int:
        """The last generation accepted, 0 before the first."""
        return int(self.meta("generation") or 0)

    def accepted(self, generation: int) -> None:
        """Commit that a manifest was accepted."""
        with self._db.transaction():
            self.chain.record(Event.MANIFEST, generation=generation)
            self.set_meta("generation", str(generation))

    def forget(self, now: datetime) -> None:
        """Delete what is older than `KEPT`: lines that are acknowledged, airings that ended, commands."""
        before = format_instant(now - KEPT)
        with self._db.transaction():
            self.chain.forget(before)
            self._db.write("delete from airing where ended = 1 and planned_at < ?", before)
            self._db.write("delete from told where id not in (select id from airing)")
            self._db.write("delete from command where at < ?", before)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _check_owner(self, station: str) -> None:
        owner = self.meta("station")
        if owner not in {None, station}:
            raise CorruptError("Nhật ký là của trạm {station}.", station=owner)


def _told(item: Item) -> tuple[Any, ...]:
    return item.id, item.title, item.programme, item.level, item.duration_ms


def open_journal(
    path: Path, station: str, stamp: Callable[[], Stamp], *, public_key: str, expected: bool
) -> Journal:
    """Open the journal at `path`; a damaged one is kept aside and a new chain tells of it.

    `public_key` (64 hex digits) is named by every chain that is opened.
    `expected` says that this machine has worked before: a journal that is not there then is a loss.
    """
    reason = LOST if expected and not path.exists() else FIRST
    try:
        journal = Journal(path, station, stamp, public_key=public_key)
    except sqlite3.OperationalError as error:
        # A full disk or a file that is not ours to write is no damage: nothing is set aside for it.
        raise ConfigurationError(
            "Không mở được nhật ký {path}: {why}.", path=str(path), why=str(error)
        ) from error
    except (sqlite3.DatabaseError, CorruptError, ContractError) as error:
        reason = f"journal damaged: {error}"
        kept = _keep_aside(path, stamp().at)
        journal = Journal(path, station, stamp, public_key=public_key)
        log.warning("%s; kept aside as %s, a new chain is opened", reason, kept)
    if not journal.chain.name:
        journal.chain.open(reason)
        if reason != FIRST:
            journal.set_meta("not_before", format_instant(stamp().at))
            journal.alarm("journal_damaged", reason)
    return journal


def _keep_aside(path: Path, at: datetime) -> Path:
    """Rename the journal with its side files; return its new name."""
    mark = format_instant(at).replace(":", "").replace("-", "")
    kept = path.with_name(f"{path.name}.damaged-{mark}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(kept.with_name(kept.name + suffix))
    return kept
