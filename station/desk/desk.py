"""What the local page may see and do, always in the main loop's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from content.contracts.manifest import Item
from content.errors import ConflictError, InvalidInputError
from station.commands import Orders
from station.desk import words
from station.desk.picture import Seen, day_of, draw, skippable
from station.desk.window import Window
from station.identity import Enrolment
from station.journal import Journal
from station.line import Line
from station.links import Links
from station.loudness import Loudness, is_volume
from station.programme import Programme
from station.stage import Stage
from station.timekeeping import Timekeeper

ACTS = ("stop", "pause", "resume", "skip", "volume", "test")
LONGEST_REASON = 200


@dataclass
class Desk:
    """Sees the station as it is, and hands what is asked for to the orders, where commands go too."""

    enrolment: Enrolment
    window: Window
    stage: Stage
    orders: Orders
    journal: Journal
    loudness: Loudness
    programme: Programme
    links: Links
    line: Line
    timekeeper: Timekeeper

    def state(self) -> dict[str, Any]:
        """Return what the page shows now; called in any thread."""
        return self.window.ask(self._look)

    def act(self, kind: str, *, item: str | None = None, value: int | str | None = None) -> str:
        """Do it and return what to say; called in any thread.

        Raises InvalidInputError for what cannot be asked, ConflictError when it cannot be done now.
        """
        if kind not in ACTS:
            raise InvalidInputError("Trang này không có việc “{kind}”.", kind=kind[:40])
        if kind == "skip":
            value = _reason(value)
        if kind == "volume" and not is_volume(value):
            raise InvalidInputError(words.refused("bad_value"), field="value")
        return self.window.ask(self._doing(kind, item, value))

    def _doing(self, kind: str, name: str | None, value: int | str | None) -> Callable[[], str]:
        def do() -> str:
            item = self._item(name)
            if kind == "skip" and item is not None and not skippable(item):
                raise ConflictError(
                    "“{title}” phải phát; muốn gỡ, gọi văn phòng. Cần tắt ngay thì bấm Dừng hết.",
                    title=item.title,
                )
            refusal = self._order(kind, item, value)
            if refusal is not None:
                raise ConflictError(words.refused(refusal))
            return words.DONE[kind]

        return do

    def _order(self, kind: str, item: Item | None, value: int | str | None) -> str | None:
        now, generation = self.timekeeper.now(), self.programme.generation or 0
        return self.orders.at_desk(kind, now, item=item, value=value, generation=generation)

    def _item(self, name: str | None) -> Item | None:
        if name is None:
            return None
        manifest, playing = self.programme.manifest, self.stage.playing
        items = [*(manifest.items if manifest else ()), *([playing] if playing else [])]
        found = next((item for item in items if item.id == name), None)
        if found is None:
            raise ConflictError(words.refused("unknown_item"))
        return found

    def _look(self) -> dict[str, Any]:
        now, zone = self.timekeeper.now(), ZoneInfo(self.enrolment.time_zone)
        return draw(
            Seen(
                now=now,
                station=self.enrolment.station,
                mode=self.enrolment.mode,
                zone=zone,
                manifest=self.programme.manifest,
                told=self.journal.told_between(*day_of(now, zone)),
                taken=self.journal.taken,
                current=self.stage.current,
                missing={clip.sha256 for clip in self.links.missing()},
                line=self.line.state,
                clock_ok=self.timekeeper.ok,
                offset_ms=self.timekeeper.offset_ms,
                waiting=self.journal.chain.waiting(),
                volume=self.loudness.kept(),
                room=self.links.store.has_room(0),
                alarms=self.journal.standing(),
            )
        )


def _reason(given: int | str | None) -> str:
    """Return why something is skipped, in one line."""
    reason = " ".join(str(given or "").split())
    if not reason:
        raise InvalidInputError("Hãy chọn lý do bỏ qua.", field="reason")
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        template = "Lý do dài nhất {most} chữ, trong một dòng."
        raise InvalidInputError(template, field="reason", most=LONGEST_REASON)
    return reason
