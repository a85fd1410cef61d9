"""What the machine says of its own clock: whether it has run without a break, or is guesswork after a boot.

A Raspberry Pi has no clock that runs without power: it wakes with the time at which it went down.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CLOCKS = Path("/sys/class/rtc")
_TIMEX_BYTES = 1024
_UNSYNCHRONISED = 5


@dataclass(frozen=True)
class Machine:
    """`boot` names this start of the machine, `battery` a clock that runs without power, `synced` NTP."""

    boot: str
    battery: bool
    synced: bool

    def keeps_time(self, trusted_boot: str | None) -> bool:
        """Tell whether the clock may be believed before the centre is heard.

        `trusted_boot`: the start of the machine in which the clock was last known to be right; None
        when it never was, for then there is nothing to go by and nothing to play yet.
        """
        return trusted_boot in {None, self.boot} or self.battery or self.synced


def this_machine() -> Machine:
    """Ask the kernel; what it does not tell counts as no."""
    return Machine(_text(_BOOT_ID), _has_battery(_CLOCKS), is_synced())


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except OSError:
        return ""


def _has_battery(clocks: Path) -> bool:
    """Tell whether the kernel took its time from a clock at the start."""
    return any(_text(clock / "hctosys") == "1" for clock in clocks.glob("rtc*"))


def is_synced() -> bool:
    """Tell whether the kernel says that NTP keeps the clock right."""
    try:
        asked = ctypes.create_string_buffer(_TIMEX_BYTES)
        state: int = ctypes.CDLL(None).adjtimex(asked)
    except (OSError, AttributeError):
        return False
    return 0 <= state < _UNSYNCHRONISED
