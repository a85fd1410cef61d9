"""What stands in deploy/ fits the program: settings it knows, ports it serves, a watchdog it feeds."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from content.settings import Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
_SETTING = re.compile(r"LOAPHUONG_([A-Z_]+)")


def unit(name: str) -> ConfigParser:
    """Return a systemd unit; of a key that comes twice the last counts."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / name, "utf-8")
    return parser


def known() -> set[str]:
    """Return every setting of centre and station."""
    said = "".join(path.read_text("utf-8") for path in (ROOT / "station").rglob("*.py"))
    return {name.upper() for name in Settings.model_fields} | set(_SETTING.findall(said))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_named_is_one_that_is_read(path: Path) -> None:
    assert set(_SETTING.findall(path.read_text("utf-8"))) <= known()


def test_systemd_watches_the_station() -> None:
    service = unit("station/loaphuong-station.service")["Service"]
    assert (service["Type"], service["ExecStart"]) == ("notify", "/opt/loaphuong/bin/loaphuong station")
    assert int(service["WatchdogSec"]) >= 30


def test_the_station_starts_without_a_network() -> None:
    wanted = unit("station/loaphuong-station.service")["Unit"]
    assert "network-online" not in wanted["After"] + wanted.get("Wants", "")


def test_a_station_that_ends_is_started_again_for_ever() -> None:
    parser = unit("station/loaphuong-station.service")
    assert (parser["Service"]["Restart"], parser["Unit"]["StartLimitIntervalSec"]) == ("always", "0")


@pytest.mark.parametrize(
    ("name", "unbuffered"), [("Caddyfile", "flush_interval -1"), ("nginx.conf", "proxy_buffering off")]
)
def test_a_proxy_sends_the_bell_to_its_own_port_and_holds_nothing_back(name: str, unbuffered: str) -> None:
    said = (DEPLOY / "centre" / name).read_text("utf-8")
    ports = {Settings.model_fields["port"].default, Settings.model_fields["bell_port"].default}
    assert {f"127.0.0.1:{port}" in said for port in ports} == {True}
    assert (unbuffered in said, "/bell/" in said) == (True, True)
