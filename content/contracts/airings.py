"""Airings: their deterministic names, kinds, states and reasons."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from enum import StrEnum

NAME = re.compile(r"[0-9a-f]{32}")


class Kind(StrEnum):
    """What sounds."""

    BULLETIN = "bulletin"
    IDENT = "ident"
    RELAY = "relay"
    LIVE = "live"
    DESK = "desk"
    TEST = "test"


class Level(StrEnum):
    """Thông tư 39/2020: the ward chooses; must air in the broadcast; air now."""

    NORMAL = "normal"
    PRIORITY = "priority"
    EMERGENCY = "emergency"


class State(StrEnum):
    """Where an airing stands; its rank only rises and a final state never changes."""

    PLANNED = "planned"
    RELEASED = "released"
    DUE = "due"
    ON_AIR = "on_air"
    PLAYED = "played"
    PARTIAL = "partial"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"
    PREEMPTED = "preempted"
    MISSED = "missed"
    CANCELLED = "cancelled"

    @property
    def rank(self) -> int:
        """0 planned, 1 released, 2 due, 3 on air, 4 final."""
        return _RANKS.get(self, FINAL_RANK)

    @property
    def final(self) -> bool:
        """Whether nothing more can happen to the airing."""
        return self.rank == FINAL_RANK


FINAL_RANK = 4
_RANKS = {State.PLANNED: 0, State.RELEASED: 1, State.DUE: 2, State.ON_AIR: 3}
FINAL_STATES = tuple(state for state in State if state.final)


class Reason(StrEnum):
    """Why something did not play, or not whole."""

    LATE = "late"
    QUIET_HOURS = "quiet_hours"
    OVER_LIMIT = "over_limit"
    CLIP_MISSING = "clip_missing"
    CLIP_CORRUPT = "clip_corrupt"
    CLOCK_UNTRUSTED = "clock_untrusted"
    PLAYER_FAILED = "player_failed"
    SOURCE_SILENT = "source_silent"
    OPERATOR = "operator"
    EMERGENCY = "emergency"
    POWER_LOST = "power_lost"
    STOPPED = "stopped"
    RECALLED = "recalled"
    NOT_RELEASED = "not_released"
    NOT_DELIVERED = "not_delivered"
    NO_RECORD = "no_record"
    STATION_LOST = "station_lost"


def order_airing_id(order_id: int, station: str, due: date, n: int) -> str:
    """Name the n-th hearing (n = 1 …) that an order owes `station` on the local date `due`."""
    return _name(f"order|{order_id}|{station}|{due.isoformat()}|{n}")


def ident_airing_id(window_id: int, station: str, day: date, place: str) -> str:
    """Name the `opening` or `closing` of a window's broadcast on the local date `day`."""
    return _name(f"ident|{window_id}|{station}|{day.isoformat()}|{place}")


def born_airing_id(kind: Kind, uuid: str) -> str:
    """Name a live, desk or test airing, which may be born at the station."""
    if kind not in {Kind.LIVE, Kind.DESK, Kind.TEST}:
        raise ValueError(f"{kind} airings are named by what they are owed to")
    return _name(f"{kind}|{uuid}")


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
