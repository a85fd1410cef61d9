"""The guard of the main loop: whatever a step meets, the next one gets its chance, and the watchdog knows."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from content.errors import CorruptError
from station.ballast import Ballast
from station.watchdog import Watchdog

BUSY_TICK = 0.1
IDLE_TICK = 1.0

log = logging.getLogger("station")


@dataclass
class Guard:
    """Does `step`, again and again; `failing` tells whether the last one could not do its work.

    `status` says what the station is at.
    """

    step: Callable[[], float]
    ballast: Ballast
    watchdog: Watchdog
    status: Callable[[], str]
    failing: bool = False

    def work(self) -> float:
        """Do a step; return the seconds after which to do the next.

        Raises CorruptError when the journal is found damaged: only a new start opens another.
        """
        try:
            tick = self.step()
        except (sqlite3.OperationalError, OSError) as error:
            return self._unwritten(error)
        except Exception as error:  # the loop's boundary: whatever fails, the next broadcast gets its chance
            if type(error) is sqlite3.DatabaseError:
                raise _damaged(error) from error
            if not self.failing:
                log.exception("the station could not do its work; it goes on trying")
            self.failing = True
            return IDLE_TICK
        self.failing = False
        self.watchdog.works(self.status())
        return tick

    def _unwritten(self, error: Exception) -> float:
        """Give journal and manifest the room that was held for them; without any the station cannot work."""
        if self.ballast.give_up():
            log.warning("the disk did not take a record (%s); it has the room held for it now", error)
            return BUSY_TICK
        if not self.failing:
            log.error("the disk takes no record: %s; the station goes on trying", error)
        self.failing = True
        return IDLE_TICK


def _damaged(error: Exception) -> CorruptError:
    template = "Nhật ký của trạm hỏng khi đang chạy ({why}); chạy lại chương trình để mở nhật ký mới."
    return CorruptError(template, why=str(error))
