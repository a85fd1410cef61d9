"""How the station reaches its centre, and where its own page is served: settings from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

POLL_SECONDS = 30
SPREAD_SECONDS = 600
DESK_PORT = 8765
OFF = "off"
_HIGHEST_PORT = 65_535
_DAY_SECONDS = 86_400
_PIN = re.compile(r"[0-9]{4,12}")


@dataclass(frozen=True)
class Outside:
    """`poll_seconds` while no bell is heard · `spread` of downloads that are not urgent · `ca_file` of
    the authorities TLS believes · `desk_port` of the local page, None for no page, 0 for any free
    port · `desk_pin` that opens it, when it is not the one made at enrolment.
    """

    poll_seconds: float = POLL_SECONDS
    spread: timedelta = timedelta()
    ca_file: Path | None = None
    desk_port: int | None = None
    desk_pin: str | None = field(default=None, repr=False)

    @property
    def trust(self) -> bool | str:
        """What TLS believes: the file, else what the system (or REQUESTS_CA_BUNDLE) says."""
        return str(self.ca_file) if self.ca_file else True


def read_outside(environ: Mapping[str, str], *, rehearsal: bool) -> tuple[Outside, list[str]]:
    """Return the settings and what is wrong with them; a rehearsal does not spread its downloads."""
    problems: list[str] = []

    def number(name: str, default: int, most: int, least: int = 0) -> int:
        given = environ.get(name) or str(default)
        if given.isdecimal() and least <= int(given) <= most:
            return int(given)
        problems.append(f"{name}={given}: phải là số từ {least} đến {most}.")
        return default

    poll = number("LOAPHUONG_STATION_POLL_SECONDS", POLL_SECONDS, _DAY_SECONDS, least=1)
    default_spread = 0 if rehearsal else SPREAD_SECONDS
    spread = number("LOAPHUONG_STATION_SPREAD_SECONDS", default_spread, _DAY_SECONDS)
    off = environ.get("LOAPHUONG_DESK_PORT") == OFF
    port = None if off else number("LOAPHUONG_DESK_PORT", DESK_PORT, _HIGHEST_PORT)
    pin = environ.get("LOAPHUONG_DESK_PIN") or None
    if pin and not _PIN.fullmatch(pin):
        problems.append("LOAPHUONG_DESK_PIN: phải là 4 đến 12 chữ số.")
    ca_file, ca_problems = read_ca_file(environ)
    outside = Outside(float(poll), timedelta(seconds=spread), ca_file, port, pin)
    return outside, [*problems, *ca_problems]


def read_ca_file(environ: Mapping[str, str]) -> tuple[Path | None, list[str]]:
    """Return the file of authorities named by LOAPHUONG_CA_FILE, and what is wrong with it."""
    given = environ.get("LOAPHUONG_CA_FILE")
    if not given:
        return None, []
    path = Path(given)
    return path, [] if path.is_file() else [f"LOAPHUONG_CA_FILE={given}: không có tệp này."]
