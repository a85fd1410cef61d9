"""The journal: chained lines of the contract, facts that survive, damage that is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from content.contracts.airings import Reason, State
from content.contracts.asrun import AsRun, Event, Seal, chain_hash, read_batch
from content.contracts.instants import parse_instant
from content.contracts.ledger import verify_ledger
from content.errors import ConfigurationError
from station.chain import Stamp
from station.journal import KEPT, Journal, Opened, open_journal
from tests.station.fakes import NOON, STATION, make_item
from tests.station.ward import STATION_KEY

STAMP = Stamp(NOON, "5f0c2b9a-0000-4000-8000-000000000001", 1000, 12, True)
PUBLIC = STATION_KEY.public.raw.hex()


def open_at(path: Path, *, expected: bool = False, stamp: Stamp = STAMP) -> Journal:
    return open_journal(path, STATION, lambda: stamp, public_key=PUBLIC, expected=expected)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a fresh journal."""
    journal = open_at(tmp_path / "journal.db")
    yield journal
    journal.close()


def test_the_first_line_opens_a_chain(journal: Journal) -> None:
    first = AsRun.from_line(journal.chain.unsent()[0])
    assert (first.event, first.sequence, first.reason) == ("chain", 1, "first")


def test_the_lines_make_a_batch_that_the_centre_takes(journal: Journal) -> None:
    item = make_item()
    journal.starting(item, generation=7)
    journal.finished(Opened.of(item, 7), State.PLAYED, None)
    lines = journal.chain.unsent()
    seal = Seal.make(lines, STATION_KEY)
    batch = read_batch(b"\n".join([*lines, seal.line()]), STATION_KEY.public)
    assert [record.sequence for record in batch.records] == [1, 2, 3]
    assert verify_ledger([*lines, seal.line()], STATION_KEY.public).whole


def test_every_chain_names_the_key_that_seals_it(journal: Journal) -> None:
    lines = journal.chain.unsent()
    journal.chain.acknowledge(journal.chain.name, 1)
    journal.chain.abandon(journal.chain.name, "fork")
    more = journal.chain.unsent()
    ledger = [line for part in (lines, more) for line in (*part, Seal.make(part, STATION_KEY).line())]
    assert [AsRun.from_line(part[0]).note for part in (lines, more)] == [PUBLIC, PUBLIC]
    assert verify_ledger(ledger, None).keyids == (STATION_KEY.public.keyid,)


def test_the_contract_s_own_line_is_written_byte_for_byte(tmp_path: Path) -> None:
    stamp = Stamp(parse_instant("2026-11-22T22:00:00.000Z"), STAMP.boot, 1000, 12, True)
    journal = open_at(tmp_path / "journal.db", stamp=stamp)
    line = journal.chain.unsent()[0]
    journal.close()
    own = AsRun.from_line(line)
    vector = (
        b'{"airing":null,"at":"2026-11-22T22:00:00.000Z","boot":"5f0c2b9a-0000-4000-8000-000000000001",'
        b'"by":null,"chain":"%b","clip":null,"clock_offset_ms":12,"clock_ok":true,"event":"chain",'
        b'"generation":null,"heard_ms":null,"kind":null,"note":"%b","outcome":null,"planned_at":null,'
        b'"previous":"%b","reason":"first","sequence":1,"started_at":null,"station":"ha-dinh-1",'
        b'"uptime_ms":1000,"v":1}'
    )
    assert line == vector % (own.chain.encode(), PUBLIC.encode(), b"0" * 64)


def test_what_is_acknowledged_is_not_sent_again(journal: Journal) -> None:
    journal.chain.record(Event.BOOT)
    journal.chain.acknowledge(journal.chain.name, 1)
    assert [AsRun.from_line(line).sequence for line in journal.chain.unsent()] == [2]


def test_an_acknowledgement_beyond_the_end_is_not_taken(journal: Journal) -> None:
    journal.chain.acknowledge(journal.chain.name, 99)
    assert len(journal.chain.unsent()) == 1


def test_everything_is_there_after_a_reopening(journal: Journal, tmp_path: Path) -> None:
    item = make_item()
    journal.starting(item, generation=7)
    journal.begun(item.id, NOON)
    journal.progress(item.id, 1234)
    journal.command_done("command-1", note="pause command-1")
    journal.accepted(7)
    journal.close()
    again = open_at(tmp_path / "journal.db")
    facts = (again.taken, again.generation, again.commands_done())
    (opened,) = again.without_end()
    again.close()
    assert facts == ({item.id}, 7, {"command-1"})
    assert (opened.started_at, opened.heard_ms) == ("2026-11-23T05:00:00.000Z", 1234)


def test_an_alarm_is_recorded_once_while_it_stands(journal: Journal) -> None:
    told = [journal.alarm("manifest_mode", "x"), journal.alarm("manifest_mode", "x")]
    journal.calm("manifest_mode")
    assert [*told, journal.alarm("manifest_mode", "x")] == [True, False, True]


def test_a_failed_transaction_leaves_nothing(journal: Journal) -> None:
    journal.starting(make_item(), generation=1)
    before = journal.chain.unsent()
    journal._db.write("drop table command")
    with pytest.raises(sqlite3.OperationalError):
        journal.command_done("command-1")
    assert journal.chain.unsent() == before


def test_a_new_chain_comes_after_the_old_one_is_sent(journal: Journal) -> None:
    old = journal.chain.name
    journal.chain.abandon(old, "fork")
    first = AsRun.from_line(journal.chain.unsent()[0])
    assert first.chain != old
    assert (first.sequence, first.reason) == (1, "fork")


def test_old_lines_go_once_they_are_acknowledged(journal: Journal, tmp_path: Path) -> None:
    journal.starting(make_item(), generation=1)
    journal.finished(Opened.of(make_item(), 1), State.PLAYED, None)
    journal.chain.acknowledge(journal.chain.name, 2)
    journal.forget(NOON + KEPT + timedelta(days=1))
    kept = [AsRun.from_line(line).sequence for line in journal.chain.unsent()]
    journal.close()
    again = open_at(tmp_path / "journal.db")
    again.chain.record(Event.BOOT)
    again.close()
    assert kept == [3]
    assert again.taken == set()


def test_a_line_that_was_changed_breaks_the_chain(journal: Journal, tmp_path: Path) -> None:
    journal.chain.record(Event.BOOT, note="0 wav")
    journal._db.write(
        "update line set bytes = cast(replace(bytes, '0 wav', '1 wav') as blob) where sequence = 2"
    )
    old = journal.chain.name
    journal.close()
    again = open_at(tmp_path / "journal.db", expected=True)
    first = AsRun.from_line(again.chain.unsent()[0])
    again.close()
    assert first.chain != old
    assert str(first.reason).startswith("journal damaged")


@pytest.mark.parametrize(
    ("damage", "reason"), [(b"", "journal lost"), (b"garbage " * 500, "journal damaged")]
)
def test_a_lost_or_damaged_journal_opens_a_new_chain(tmp_path: Path, damage: bytes, reason: str) -> None:
    path = tmp_path / "journal.db"
    if damage:
        path.write_bytes(damage)
    journal = open_at(path, expected=True)
    records = [AsRun.from_line(line) for line in journal.chain.unsent()]
    journal.close()
    assert [str(record.event) for record in records] == ["chain", "alarm"]
    assert str(records[0].reason).startswith(reason)


def test_what_is_kept_aside_is_logged_by_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"garbage " * 500)
    open_at(path, expected=True).close()
    (kept,) = tmp_path.glob("journal.db.damaged-*")
    (said,) = [record for record in caplog.records if record.name == "station"]
    assert (said.levelname, str(kept) in said.getMessage()) == ("WARNING", True)
    assert "a new chain is opened" in said.getMessage()


def test_the_journal_of_another_station_is_kept_aside(journal: Journal, tmp_path: Path) -> None:
    journal.close()
    other = open_journal(
        tmp_path / "journal.db", "an-duong-2", lambda: STAMP, public_key=PUBLIC, expected=True
    )
    first = AsRun.from_line(other.chain.unsent()[0])
    other.close()
    assert first.station == "an-duong-2"
    assert list(tmp_path.glob("journal.db.damaged-*"))


def test_a_journal_that_cannot_be_opened_is_told_and_nothing_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    with pytest.raises(ConfigurationError, match=r"journal\.db"):
        open_at(tmp_path / "journal.db")
    assert [path.name for path in tmp_path.iterdir()] == ["journal.db"]


def test_every_line_names_the_one_before(journal: Journal) -> None:
    journal.not_played(make_item(), State.MISSED, Reason.LATE, generation=3)
    first, second = journal.chain.unsent()
    assert AsRun.from_line(second).previous == chain_hash(first)
