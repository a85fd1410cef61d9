"""What switches an amplifier: a command, or a pin of the machine."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from station.sound import AmpTerms

COMMAND_SECONDS = 10.0
PINS = Path("/sys/class/gpio")


class Switch(Protocol):
    """Turns the amplifier on or off; takes its time, and raises OSError or SubprocessError."""

    def turn(self, *, on: bool) -> None:
        """Do it."""
        ...


@dataclass(frozen=True)
class CommandSwitch:
    """Two commands, run without a shell."""

    on: tuple[str, ...]
    off: tuple[str, ...]

    def turn(self, *, on: bool) -> None:
        """Run one of them; it must end with code 0 within ten seconds."""
        subprocess.run(
            self.on if on else self.off,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=True,
        )


@dataclass(frozen=True)
class PinSwitch:
    """A pin of the kernel's GPIO interface in `pins`; `low` says that a low level means on."""

    pin: int
    low: bool = False
    pins: Path = PINS

    def turn(self, *, on: bool) -> None:
        """Set the pin's level, taking hold of the pin first if need be."""
        folder = self.pins / f"gpio{self.pin}"
        if not folder.exists():
            (self.pins / "export").write_text(str(self.pin), "ascii")
        high = on != self.low
        # The word sets direction and level at once, so that the pin never stands wrong for a moment.
        (folder / "direction").write_text("high" if high else "low", "ascii")


def switch_of(terms: AmpTerms) -> Switch:
    """Return the switch that the settings name."""
    if terms.pin is not None:
        return PinSwitch(terms.pin, low=terms.low)
    return CommandSwitch(terms.on, terms.off)
