"""Faults of the wire: the centre fails, is slow, breaks off, shows a wrong face, or is not the centre."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from content.contracts.manifest import open_manifest
from content.contracts.signing import PrivateKey
from tests.station.faults.authority import BEGUN, Authority
from tests.station.faults.case import Case, Fault
from tests.station.faults.kills import PLAYED, WHOLE
from tests.station.faults.machine import until
from tests.station.faults.wire import open_wire

NEXT_S, LATER_S = 3.5, 9.0


def trouble(case: Case, **levers: Any) -> None:
    """Pull levers once the first airing is fetched; the second comes into the plan meanwhile.

    The first plays from the station's own disk; the second is fetched once the wire is whole again.
    """
    case.town.plan(case.ward, NEXT_S)
    with case.machine.running():
        case.holds(1)
        case.has_clips()
        for lever, value in levers.items():
            setattr(case.wire, lever, value)
        case.town.plan(case.ward, LATER_S - NEXT_S)
        asked = case.wire.count("/manifest")
        case.sounds()
        until(lambda: case.wire.count("/manifest") > asked, "the station asks on")
        case.wire.mend()
        case.told()


def other_key(case: Case) -> None:
    """Serve a manifest of a newer generation that another centre signed: it lists nothing."""
    case.town.plan(case.ward, NEXT_S, LATER_S)
    _play_on(case, _empty(case, generation=99, key=PrivateKey.generate()), generation=1)


def older_generation(case: Case) -> None:
    """Serve an older generation that the centre itself signed: it lists nothing."""
    town, ward = case.town, case.ward
    town.plan(ward, NEXT_S)
    old = _empty(case, generation=1, key=town.centre.house.key)
    town.plan(ward, LATER_S)
    _play_on(case, old, generation=2)


def wrong_certificate(case: Case, *, of: str) -> None:
    """Show a certificate that is not to be trusted; then the right one."""
    trusted, stranger = (Authority(case.machine.folder / name, name) for name in ("ours", "theirs"))
    shown = {
        "of another authority": stranger.context(),
        "for another host": trusted.context("other.example"),
        "that has expired": trusted.context(until=BEGUN + timedelta(days=365)),
    }
    case.machine.environ["LOAPHUONG_CA_FILE"] = str(trusted.file)
    case.town.plan(case.ward, NEXT_S)
    with open_wire(case.town.url, tls=trusted.context()) as wire:
        case.machine.enrol(case.town, case.ward, url=wire.url)
        with case.machine.running():
            case.holds(1)
            case.has_clips()
            right, wire.tls = wire.tls, shown[of]
            case.town.plan(case.ward, LATER_S - NEXT_S)
            until(lambda: wire.refused > 0, "the station turns away")
            case.sounds()
            case.notes.append(f"{wire.told(shown[of])} requests told to the wrong server")
            wire.tls = right
            case.told()


def bell_flaps(case: Case) -> None:
    """Let the bell ring once and hang up, whenever it is called; the station goes on and does not storm."""
    case.machine.enrol(case.town, case.ward, url=case.wire.url, bell=f"{case.wire.url}/bell")
    case.town.plan(case.ward, NEXT_S, LATER_S)
    with case.machine.running():
        case.told()
        called = case.wire.count("/bell")
    case.notes.append(f"bell called {called} times in about {LATER_S:.0f} s")


def _empty(case: Case, *, generation: int, key: PrivateKey) -> bytes:
    own = open_manifest(case.town.envelope(case.ward), [case.town.centre.house.key.public])
    return replace(own, generation=generation, items=()).seal(key)


def _play_on(case: Case, envelope: bytes, *, generation: int) -> None:
    with case.machine.running():
        case.holds(generation)
        case.has_clips(2)
        case.wire.manifest = envelope
        until(lambda: case.town.alarms(case.ward), "the alarm is raised")
        case.told()


def _trouble(name: str, **levers: Any) -> Fault:
    return Fault(name, partial(trouble, **levers), (WHOLE, WHOLE), (PLAYED, PLAYED))


def _certificate(of: str) -> Fault:
    play = partial(wrong_certificate, of=of)
    return Fault(f"certificate {of}", play, (WHOLE, WHOLE), (PLAYED, PLAYED))


WIRES = [
    _trouble("server answers 500", status=500),
    _trouble("server answers 503", status=503),
    _trouble("server is slow", slow_s=6.0),
    _trouble("half of every answer", half=True),
    _trouble("line cut", cut=True),
    *map(_certificate, ("of another authority", "for another host", "that has expired")),
    Fault(
        "manifest with another centre's key",
        other_key,
        (WHOLE, WHOLE),
        (PLAYED, PLAYED),
        ("manifest_signature",),
    ),
    Fault(
        "older generation replayed",
        older_generation,
        (WHOLE, WHOLE),
        (PLAYED, PLAYED),
        ("manifest_generation",),
    ),
    Fault("bell flaps", bell_flaps, (WHOLE, WHOLE), (PLAYED, PLAYED)),
]
