"""When the station looks at once, and how often of its own accord."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from content.clock import SteppedClock, SystemClock
from content.errors import UnavailableError
from station.bell import Rung
from station.outside import Outside
from station.ringing import SPARSE_POLL_SECONDS, Ringing
from tests.station.fakes import NOON, FakeCentre, make_manifest
from tests.station.ward import make_identity

POLL_SECONDS = 30.0


@dataclass
class FakeErrand:
    """Says what was asked of it."""

    name: str
    calls: list[str]

    def ring(self) -> None:
        self.calls.append(f"{self.name} rung")

    def hasten(self) -> None:
        self.calls.append(f"{self.name} hastened")

    def well(self) -> None:
        self.calls.append(f"{self.name} well")


@dataclass
class Heard:
    """What the bell brought about."""

    clock: SteppedClock = field(default_factory=lambda: SteppedClock(NOON))
    calls: list[str] = field(default_factory=list)
    generation: int = 4
    stands: threading.Event = field(default_factory=threading.Event)

    def listener(self, url: str) -> Ringing:
        enrolment = replace(make_identity().enrolment, bell_url=url)
        return Ringing(
            enrolment,
            Outside(poll_seconds=POLL_SECONDS),
            self.clock,
            generation=lambda: self.generation,
            errand=lambda name: FakeErrand(name, self.calls),
            take=lambda envelope: self.calls.append(f"took {envelope.decode()}"),
            stood=self.stands.set,
        )


@pytest.fixture
def ringing(centre: FakeCentre) -> Iterator[tuple[Ringing, Heard]]:
    """Return a listener to the centre's bell."""
    heard = Heard()
    yield heard.listener(f"{centre.url}/bell"), heard
    centre.hang_up()


def hear(centre: FakeCentre, ringing: Ringing, heard: Heard, *, generation: int, seconds: float) -> None:
    """Let the bell stand for a while and tell of a generation."""
    centre.publish(make_manifest(generation=generation))
    listening = threading.Thread(target=_listen, args=(ringing,), daemon=True)
    listening.start()
    clock, pause = SystemClock(), threading.Event()
    while not (ringing.heard and centre.bells):
        assert listening.is_alive()
        clock.wait(pause, 0.01)
    centre.ring()
    heard.clock.advance(seconds)
    centre.hang_up()
    listening.join(5)


def _listen(ringing: Ringing) -> None:
    with pytest.raises(UnavailableError):
        ringing.listen()


@pytest.mark.parametrize(
    ("generation", "seconds", "calls"),
    [
        (5, 0, ["manifest rung", "manifest hastened"]),
        (4, 0, ["manifest hastened"]),
        (5, 60, ["manifest rung", "manifest hastened", "bell well"]),
    ],
)
def test_what_the_bell_brings_about(
    centre: FakeCentre, ringing: tuple[Ringing, Heard], generation: int, seconds: float, calls: list[str]
) -> None:
    hear(centre, *ringing, generation=generation, seconds=seconds)
    assert ringing[1].calls == calls


def test_a_bell_that_never_stood_was_not_lost(ringing: tuple[Ringing, Heard]) -> None:
    listener = ringing[1].listener("http://127.0.0.1:9/bell")
    _listen(listener)
    assert ringing[1].calls == []


@pytest.mark.parametrize(
    ("heard", "told_of", "seconds"),
    [(False, 0, POLL_SECONDS), (True, 4, SPARSE_POLL_SECONDS), (True, 5, POLL_SECONDS)],
)
def test_polls_are_sparse_while_the_bell_lives(heard: bool, told_of: int, seconds: float) -> None:
    ringing = Heard().listener("")
    ringing.heard, ringing.told_of = heard, told_of
    assert 0.8 * seconds <= ringing.until_poll() <= 1.2 * seconds


@pytest.mark.parametrize(
    ("generation", "calls"), [(5, ["took lời gọi"]), (4, [])], ids=["newer", "held already"]
)
def test_a_manifest_that_the_bell_brings_is_taken_as_it_is(generation: int, calls: list[str]) -> None:
    heard = Heard()
    heard.listener("http://127.0.0.1:9/bell").rung(Rung(generation, "lời gọi".encode()))
    assert heard.calls == calls
    assert heard.stands.is_set()
