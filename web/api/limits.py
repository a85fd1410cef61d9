"""How often a caller may call: token buckets, kept by each server process for itself."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass

from flask import current_app
from flask.blueprints import BlueprintSetupState

from content.clock import Clock
from content.errors import ThrottledError

KEY = "loaphuong.limits"
_MOST_CALLERS = 20_000


@dataclass(frozen=True)
class Rate:
    """`burst` calls at once, then `per_second` on average."""

    burst: int
    per_second: float


class Limits:
    """A bucket for each caller; of callers beyond 20,000 the one longest silent is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, rate: Rate) -> None:
        """Count one call, or raise ThrottledError."""
        with self._lock:
            now = self._clock.monotonic()
            left, at = self._buckets.pop(caller, (float(rate.burst), now))
            left = min(float(rate.burst), left + max(0.0, now - at) * rate.per_second)
            self._buckets[caller] = (max(left - 1, 0.0) if left >= 1 else left, now)
            if len(self._buckets) > _MOST_CALLERS:
                self._buckets.popitem(last=False)
        if left < 1:
            wait = math.ceil((1 - left) / rate.per_second)
            raise ThrottledError(
                "Gọi quá dày; hãy gọi lại sau {retry_after_seconds} giây.", retry_after_seconds=wait
            )


def init(state: BlueprintSetupState) -> None:
    """Give the app its buckets."""
    state.app.extensions.setdefault(KEY, Limits(state.app.extensions["loaphuong"].clock))


def take(caller: str, rate: Rate) -> None:
    """Count one call of `caller` in the app that answers, or raise ThrottledError."""
    limits: Limits = current_app.extensions[KEY]
    limits.take(caller, rate)
