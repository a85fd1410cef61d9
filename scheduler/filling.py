"""The order of filling (pure): priority, what the ward picked, then the largest share still owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from scheduler.hearings import Hearing, Turn
from scheduler.shares import Share


class Desk(Protocol):
    """What the order depends on while it is given."""

    def owed(self, programme: str, day: date) -> float:
        """Return the share of a programme's weekly quota still owed on `day`, 0 when none is."""

    def give_on_its_day(self, hearing: Hearing) -> bool:
        """Place what the ward picked on the day it picked it for; tell whether there was room."""


def sequence(share: Share, desk: Desk) -> Iterator[Hearing]:
    """Give what is neither urgent nor fixed in the order of filling, decided as it goes."""
    rest = [hearing for hearing in share.hearings if hearing.turn > Turn.FIXED]
    if not share.picks and not share.quotas:
        yield from rest
        return
    yield from (hearing for hearing in rest if hearing.turn is Turn.PRIORITY)
    normal = [hearing for hearing in rest if hearing.turn is Turn.NORMAL]
    picked = [hearing for hearing in normal if is_picked(hearing, share)]
    picked.sort(key=lambda hearing: (hearing.due, _position(hearing, share), hearing.order, hearing.n))
    chosen = {hearing.key for hearing in picked if desk.give_on_its_day(hearing)}
    yield from _by_share([hearing for hearing in normal if hearing.key not in chosen], desk)


def is_picked(hearing: Hearing, share: Share) -> bool:
    """Tell whether the ward wants to hear it on the day it is due: a day's picks rule that day only."""
    return (hearing.due, hearing.ticket.bulletin) in share.picks


def _position(hearing: Hearing, share: Share) -> int:
    return share.picks[hearing.due, hearing.ticket.bulletin or 0]


def _by_share(normal: list[Hearing], desk: Desk) -> Iterator[Hearing]:
    """Give a day's normal hearings, the programme first to which the largest share is still owed."""
    waiting: dict[date, dict[str, list[Hearing]]] = {}
    for hearing in reversed(normal):
        lists = waiting.setdefault(hearing.due, {})
        lists.setdefault(hearing.ticket.programme or "", []).append(hearing)
    for day in sorted(waiting):
        lists = waiting[day]
        while lists:
            code = min(lists, key=lambda code: (-desk.owed(code, day), lists[code][-1].precedence))
            yield lists[code].pop()
            if not lists[code]:
                del lists[code]
