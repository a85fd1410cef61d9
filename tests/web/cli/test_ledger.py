"""`loaphuong ledger`: whole, broken or unreadable, by exit code; and what is exported is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.contracts.airings import State
from content.contracts.asrun import Event, Seal
from content.contracts.signing import PrivateKey
from scheduler import intake
from scheduler.models.station import Station
from tests.scheduler.factories import NOW, WARD, Pen
from tests.web.cli.conftest import Command, open_house

AIRING = "0" * 32


@pytest.fixture
def pen() -> Pen:
    """Return a pen that wrote two batches of a station's day."""
    made = Pen("ha-dinh-1")
    made.write(Event.CHAIN, NOW, reason="first")
    made.play(AIRING, NOW, outcome=State.PLAYED)
    made.play("1" * 32, NOW, outcome=State.PARTIAL)
    return made


@pytest.fixture
def ledger(pen: Pen, tmp_path: Path) -> Path:
    file = tmp_path / "so.jsonl"
    file.write_bytes(pen.batch(1, 3) + pen.batch(4))
    return file


def key_of(key: PrivateKey) -> str:
    return key.public.raw.hex()


@pytest.mark.parametrize("key", [[], ["--key", key_of(WARD)], ["--key", WARD.public.keyid]])
def test_a_whole_ledger(run: Command, ledger: Path, key: list[str]) -> None:
    ran = run("ledger", "verify", str(ledger), *key)
    assert ran.code == 0
    assert ran.out == "NGUYÊN VẸN: 5 bản ghi, 2 dấu niêm phong, 1 chuỗi, 0 bản ghi chưa niêm phong.\n"


@pytest.mark.parametrize("number", range(1, 8))
def test_every_line_that_was_altered_is_found(run: Command, ledger: Path, number: int) -> None:
    lines = ledger.read_bytes().splitlines()
    lines[number - 1] = lines[number - 1].replace(b"ha-dinh-1", b"ha-dinh-2")
    ledger.write_bytes(b"\n".join(lines))
    ran = run("ledger", "verify", str(ledger), "--key", key_of(WARD))
    assert ran.code == 1
    assert ran.out.startswith("HỎNG tại dòng ")
    assert int(ran.out.split()[3].rstrip(":")) in range(number, number + 3)


@pytest.mark.parametrize("number", range(1, 8))
def test_every_line_that_was_taken_out_is_missed(run: Command, ledger: Path, number: int) -> None:
    lines = ledger.read_bytes().splitlines()
    ledger.write_bytes(b"\n".join(lines[: number - 1] + lines[number:]))
    ran = run("ledger", "verify", str(ledger))
    unsealed = "1 dấu niêm phong" in ran.out
    assert ran.code == (0 if unsealed else 1)


def test_another_stations_key_does_not_fit(run: Command, ledger: Path) -> None:
    ran = run("ledger", "verify", str(ledger), "--key", key_of(PrivateKey.generate()))
    assert (ran.code, ran.out[:15]) == (1, "HỎNG tại dòng 4")


def test_a_seal_that_somebody_else_made_does_not_fit(run: Command, pen: Pen, tmp_path: Path) -> None:
    forged = Seal.make(pen.lines, PrivateKey.generate()).line()
    file = tmp_path / "gia.jsonl"
    file.write_bytes(b"\n".join([*pen.lines, forged]))
    assert run("ledger", "verify", str(file), "--key", key_of(WARD)).code == 1


@pytest.mark.parametrize("arguments", [["khong-co.jsonl"], ["."], ["/dev/null", "--key", "khong-phai-khoa"]])
def test_what_cannot_be_read_is_neither(run: Command, arguments: list[str]) -> None:
    ran = run("ledger", "verify", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_rubbish_is_broken_at_its_first_line(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "rac"
    file.write_bytes(b"\x00\xff\n{}")
    ran = run("ledger", "verify", str(file))
    assert (ran.code, ran.out[:16]) == (1, "HỎNG tại dòng 1:")


def test_what_is_exported_is_what_was_posted(run: Command, data: Path, pen: Pen, tmp_path: Path) -> None:
    house = open_house(data)
    with house.database.writing() as session:
        station = session.get_one(Station, "ha-dinh-1")
        station.public_key, station.enrolled_at = key_of(WARD), NOW
        intake.take_in(session, station, pen.batch(), NOW)
    house.close()
    file = tmp_path / "xuat.jsonl"
    assert run("ledger", "export", "ha-dinh-1", "--out", str(file)).out == f"{file}: 6 dòng\n"
    assert file.read_bytes() == pen.batch()
    assert run("ledger", "verify", str(file), "--key", key_of(WARD)).code == 0


def test_an_export_of_no_station_leaves_the_file_alone(run: Command, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "xuat.jsonl"
    file.write_text("quý giá")
    assert run("ledger", "export", "khong-co", "--out", str(file)).code == 1
    assert file.read_text() == "quý giá"


def test_an_export_that_cannot_be_written_is_one_line(run: Command, data: Path) -> None:
    ran = run("ledger", "export", "ha-dinh-1", "--out", "/dev/null/xuat.jsonl")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
