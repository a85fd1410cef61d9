"""What station and centre say to each other, over HTTP on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from content.clock import SteppedClock
from content.contracts.asrun import Event
from content.contracts.enrolment import Heartbeat
from content.contracts.signing import PrivateKey
from content.errors import (
    ConflictError,
    ContractError,
    CorruptError,
    ForbiddenError,
    LoaPhuongError,
    UnavailableError,
)
from station.chain import BATCH_LINES
from tests.station.fakes import FakeCentre, make_clip, make_item, make_manifest
from tests.station.ward import Ward

DATA = bytes(range(256)) * 1000


@pytest.fixture
def linked(tmp_path: Path, centre: FakeCentre) -> Iterator[Ward]:
    """Return a station whose centre answers."""
    ward = Ward(tmp_path / "ward", url=centre.url, at=datetime.now(UTC))
    yield ward
    ward.agent.journal.close()


def publish(centre: FakeCentre, ward: Ward, *, generation: int = 1) -> None:
    now = ward.clock.now()
    item = make_item(1, at=now + timedelta(hours=1), data=DATA)
    centre.publish(make_manifest(item, generation=generation, at=now), DATA)


def last_request(centre: FakeCentre, word: str) -> tuple[str, str, dict[str, str]]:
    return [request for request in centre.requests if word in request[1]][-1]


def test_a_manifest_is_fetched_and_taken(linked: Ward, centre: FakeCentre) -> None:
    publish(centre, linked)
    linked.agent.links.poll_manifest()
    linked.agent.step()
    assert linked.agent.programme.generation == 1
    assert linked.agent.journal.generation == 1


@pytest.mark.parametrize("errand", ["as-run", "clips"])
def test_what_comes_through_calls_those_that_wait_for_the_line(
    linked: Ward, centre: FakeCentre, errand: str
) -> None:
    publish(centre, linked)
    linked.agent.links.poll_manifest()
    linked.agent.step()
    centre.broken = {"/manifest": 502, "/heartbeat": 502}
    for name in ("manifest", "heartbeat"):
        linked.agent.errands[name].try_once()
        linked.agent.errands[name]._rung = False
    linked.agent.errands[errand].try_once()
    assert linked.agent.line.state.up
    assert all(linked.agent.errands[name]._rung for name in ("manifest", "heartbeat"))


@pytest.mark.parametrize("lever", [{"broken": {"/clips/": 404}}, {"wrong_clips": True}])
def test_a_clip_that_fails_says_nothing_of_the_line(
    linked: Ward, centre: FakeCentre, lever: dict[str, object]
) -> None:
    publish(centre, linked)
    linked.agent.links.poll_manifest()
    linked.agent.step()
    for name, value in lever.items():
        setattr(centre, name, value)
    for up in (True, False):
        linked.agent.line.told(None if up else "im")
        linked.agent.errands["clips"].try_once()
        assert linked.agent.line.state.up is up


def test_a_centre_that_has_nothing_newer_takes_back_what_was_refused(
    linked: Ward, centre: FakeCentre
) -> None:
    publish(centre, linked)
    linked.agent.links.poll_manifest()
    linked.agent.step()
    linked.deliver(make_manifest(generation=2), key=PrivateKey(bytes(32)))
    before = linked.agent.journal.standing()
    linked.agent.links.poll_manifest()
    assert (before, linked.agent.journal.standing()) == ({"manifest_signature"}, set())


def test_an_unchanged_manifest_is_not_sent_again(linked: Ward, centre: FakeCentre) -> None:
    publish(centre, linked)
    linked.agent.links.poll_manifest()
    linked.agent.step()
    linked.agent.links.poll_manifest()
    assert last_request(centre, "/manifest")[2]["If-None-Match"] == '"1"'
    assert linked.agent.links.inbox.take() is None


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, UnavailableError),
        (429, UnavailableError),
        (409, ConflictError),
        (401, ForbiddenError),
        (400, ContractError),
    ],
)
def test_a_centre_that_fails_makes_the_errand_fail(
    linked: Ward, centre: FakeCentre, status: int, error: type[LoaPhuongError]
) -> None:
    centre.broken["/manifest"] = status
    with pytest.raises(error):
        linked.agent.links.poll_manifest()


def test_a_centre_that_has_no_manifest_yet_is_no_failure(linked: Ward, centre: FakeCentre) -> None:
    linked.agent.links.poll_manifest()
    assert centre.envelope == b""
    assert linked.agent.links.inbox.take() is None


def test_half_a_manifest_is_not_taken(linked: Ward, centre: FakeCentre) -> None:
    publish(centre, linked)
    centre.cut_manifest = True
    with pytest.raises(UnavailableError):
        linked.agent.links.poll_manifest()
    assert linked.agent.links.inbox.take() is None


def test_no_centre_at_all_is_unavailable(ward: Ward) -> None:
    with pytest.raises(UnavailableError):
        ward.agent.links.poll_manifest()


def take_programme(ward: Ward, centre: FakeCentre) -> None:
    publish(centre, ward)
    ward.agent.links.poll_manifest()
    ward.agent.step()


def test_clips_are_fetched(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    linked.agent.links.fetch_ordinary()
    assert linked.agent.links.missing() == []


def test_a_fetch_that_broke_off_goes_on_where_it_ended(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    centre.cut_clips = 131_072
    with pytest.raises(UnavailableError):
        linked.agent.links.fetch_ordinary()
    linked.agent.links.fetch_ordinary()
    assert last_request(centre, "/clips/")[2]["Range"] == "bytes=131072-"
    assert linked.agent.links.missing() == []


def test_a_centre_without_ranges_sends_the_whole_again(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    centre.cut_clips, centre.no_ranges = 100_000, True
    with pytest.raises(UnavailableError):
        linked.agent.links.fetch_ordinary()
    linked.agent.links.fetch_ordinary()
    assert linked.agent.links.missing() == []


def test_a_clip_of_other_bytes_is_thrown_away(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    centre.wrong_clips = True
    with pytest.raises(CorruptError):
        linked.agent.links.fetch_ordinary()
    left = list(linked.settings.clips.iterdir())
    centre.wrong_clips = False
    linked.agent.links.fetch_ordinary()
    assert left == []
    assert linked.alarms() == ["clip_corrupt"]
    assert linked.agent.links.missing() == []


def test_one_clip_that_is_not_there_does_not_hold_up_the_next(linked: Ward, centre: FakeCentre) -> None:
    now = linked.clock.now()
    items = [make_item(number, at=now, data=b"%d" % number) for number in (1, 2)]
    centre.publish(make_manifest(*items, at=now), b"2")
    linked.agent.links.poll_manifest()
    linked.agent.step()
    with pytest.raises(LoaPhuongError):
        linked.agent.links.fetch_ordinary()
    assert [clip.bytes for clip in linked.agent.links.missing()] == [1]
    assert len(list(linked.settings.clips.iterdir())) == 1


def test_as_run_lines_arrive_sealed_and_once(linked: Ward, centre: FakeCentre) -> None:
    linked.agent.links.send_as_run()
    linked.agent.journal.chain.record(Event.BOOT)
    linked.agent.links.send_as_run()
    linked.agent.links.send_as_run()
    assert [record.sequence for record in centre.records] == [1, 2, 3]
    assert len([request for request in centre.requests if "/as-run" in request[1]]) == 2
    assert last_request(centre, "/as-run")[2]["Content-Type"] == "application/x-ndjson"


def test_a_long_silence_is_told_in_batches(linked: Ward, centre: FakeCentre) -> None:
    for _ in range(BATCH_LINES):
        linked.agent.journal.chain.record(Event.BOOT)
    linked.agent.links.send_as_run()
    assert len(centre.records) == BATCH_LINES + 2
    assert centre.refused == []


def test_a_centre_that_fails_loses_nothing(linked: Ward, centre: FakeCentre) -> None:
    centre.broken["/as-run"] = 500
    with pytest.raises(UnavailableError):
        linked.agent.links.send_as_run()
    centre.broken.clear()
    linked.agent.links.send_as_run()
    assert [record.sequence for record in centre.records] == [1, 2]


def test_a_centre_restored_from_a_backup_is_told_again(linked: Ward, centre: FakeCentre) -> None:
    linked.agent.links.send_as_run()
    centre.records.clear()
    centre.heads.clear()
    linked.agent.journal.chain.record(Event.BOOT)
    linked.agent.links.send_as_run()
    assert [record.sequence for record in centre.records] == [1, 2, 3]


def test_lines_the_centre_misses_and_we_no_longer_hold_open_a_new_chain(
    linked: Ward, centre: FakeCentre
) -> None:
    linked.agent.links.send_as_run()
    linked.agent.journal.chain._db.write("delete from line where sequence = 1")
    centre.records.clear()
    centre.heads.clear()
    linked.agent.journal.chain.record(Event.BOOT)
    linked.agent.links.send_as_run()
    assert [record.event for record in centre.records] == ["chain", "alarm"]
    assert centre.records[0].reason == "record 1 is no longer held"


def test_a_fork_opens_a_new_chain(linked: Ward, centre: FakeCentre) -> None:
    old = linked.agent.journal.chain.name
    centre.fork = True
    linked.agent.links.send_as_run()
    assert [(record.event, record.sequence) for record in centre.records] == [("chain", 1), ("alarm", 2)]
    assert centre.records[0].chain != old


def test_a_machine_set_back_to_an_older_image_opens_a_new_chain(linked: Ward, centre: FakeCentre) -> None:
    chain = linked.agent.journal.chain.name
    centre.heads[chain] = (90, "f" * 64)
    linked.agent.journal.chain._db.write("update chain set acknowledged = 2")
    linked.agent.journal.chain.record(Event.BOOT)
    linked.agent.links.send_as_run()
    assert {record.chain for record in centre.records} == {linked.agent.journal.chain.name}
    assert linked.agent.journal.chain.name != chain


@pytest.mark.parametrize("centre_ahead_s", [0, 3600])
def test_a_heartbeat_measures_the_clock(linked: Ward, centre: FakeCentre, centre_ahead_s: int) -> None:
    centre.offset = timedelta(seconds=centre_ahead_s)
    linked.agent._beat()
    offset = linked.agent.timekeeper.offset_ms
    assert offset is not None
    assert abs(offset - centre_ahead_s * 1000) < 5000
    assert linked.agent.timekeeper.ok == (centre_ahead_s == 0)


def test_a_heartbeat_tells_what_is_missing(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    linked.agent._beat()
    heartbeat = Heartbeat.from_wire(centre.heartbeats[-1])
    assert (heartbeat.generation, len(heartbeat.clips_missing), heartbeat.playing) == (1, 1, None)
    assert (heartbeat.player, heartbeat.clock_ok) == ("silent", True)


def test_a_heartbeat_that_is_not_answered_with_the_time_fails(linked: Ward, centre: FakeCentre) -> None:
    centre.broken["/heartbeat"] = 200
    with pytest.raises(ContractError):
        linked.agent._beat()


def test_a_full_disk_is_an_alarm_until_there_is_room(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    store = linked.agent.store
    store.journals_room = 1 << 62
    for _ in range(2):
        with pytest.raises(UnavailableError):
            linked.agent.links.fetch_ordinary()
    store.journals_room = 0
    linked.agent.links.fetch_ordinary()
    assert (linked.alarms(), linked.agent.links.missing()) == (["disk_full"], [])


def test_what_nobody_needs_makes_room_for_what_is_to_play(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    store = linked.agent.store
    linked.store(b"long gone")
    store._least_free_bytes = 1 << 62
    store.journals_room = store.free_bytes() - 1000
    with pytest.raises(UnavailableError):
        linked.agent.links.fetch_ordinary()
    assert not store.has(make_clip(b"long gone"))


def test_what_is_not_urgent_waits_for_the_station_s_turn(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    links = linked.agent.links
    links.share, links.spread = 0.5, timedelta(minutes=10)
    links.fetch_ordinary()
    assert len(links.missing()) == 1
    linked.clock.advance(301)
    links.fetch_ordinary()
    assert links.missing() == []


class RestlessClock(SteppedClock):
    """A clock that goes on between two readings, as every real one does."""

    def now(self) -> datetime:
        """Return the instant, a millisecond later than the last time."""
        self.advance(0.001)
        return super().now()


def test_what_is_not_to_be_spread_is_fetched_when_first_seen(linked: Ward, centre: FakeCentre) -> None:
    take_programme(linked, centre)
    links = linked.agent.links
    links.timekeeper.clock = RestlessClock(linked.clock.now())
    links.share, links.spread = 0.5, timedelta()
    links.fetch_ordinary()
    assert links.missing() == []
