"""`loaphuong ledger`: whole, broken or unreadable, by exit code; and what is exported is whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
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
HEAVY = ("flask", "sqlalchemy", "gtts", "pydub", "apscheduler", "requests", "scheduler", "web.house")
FORGER = PrivateKey(bytes(range(7, 39)))


def key_of(key: PrivateKey) -> str:
    return key.public.raw.hex()


def written(key: PrivateKey, *, note: str | None) -> Pen:
    """Return a pen that wrote a station's day with `key`, its first record saying `note`."""
    made = Pen("ha-dinh-1", key=key)
    made.write(Event.CHAIN, NOW, reason="first", note=note)
    made.play(AIRING, NOW, outcome=State.PLAYED)
    made.play("1" * 32, NOW, outcome=State.PARTIAL)
    return made


@pytest.fixture
def pen() -> Pen:
    """Return a pen that wrote a station's day."""
    return written(WARD, note=key_of(WARD))


@pytest.fixture
def ledger(pen: Pen, tmp_path: Path) -> Path:
    file = tmp_path / "so.jsonl"
    file.write_bytes(pen.batch(1, 3) + pen.batch(4))
    return file


@pytest.mark.parametrize("key", [[], ["--key", key_of(WARD)], ["--key", WARD.public.keyid]])
def test_a_whole_ledger(run: Command, ledger: Path, key: list[str]) -> None:
    ran = run("ledger", "verify", str(ledger), *key)
    whole = (
        "NGUYÊN VẸN: 5 bản ghi, 2 dấu niêm phong, 1 chuỗi, 0 bản ghi chưa niêm phong; chữ ký khớp với khóa "
    )
    compare = "" if key else " ghi trong sổ; hãy so với vân tay của trạm ở trang Trạm loa"
    assert (ran.code, ran.out) == (0, f"{whole}{WARD.public.keyid}{compare}.\n")


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
    assert (ran.code, "NGUYÊN VẸN" in ran.out) == (1, False)


def swapped(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


def cut(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-2], lines[-2][:100]]


def second_chain_forged(lines: list[bytes]) -> list[bytes]:
    other = Pen("ha-dinh-1", key=FORGER, chain="0b7e9c1e-8a3f-4e0b-9a51-2f6d0c5b7a11")
    other.write(Event.CHAIN, NOW, reason="first", note=key_of(FORGER))
    return [*lines, *other.batch().splitlines()]


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (swapped, 2),
        (cut, 6),
        (second_chain_forged, 8),
        (lambda lines: [*lines[:2], b"\xff\xfe" + lines[2], *lines[3:]], 3),
        (lambda lines: [*lines[:2], lines[2].replace(b"ha-dinh-1", b"ha-d\xefnh"), *lines[3:]], 3),
        (lambda lines: [*lines[:2], lines[2] + b" " * (2 << 20), *lines[3:]], 3),
        (lambda lines: [*lines, b"x" * (4 << 20)], 8),
        (lambda lines: [*lines, b"[" * 100_000], 8),
        (lambda lines: [*lines, b'{"sequence":' + b"9" * 5000 + b"}"], 8),
        (lambda lines: [*lines, b""], 8),
        (lambda lines: [*lines, *lines], 8),
        (lambda lines: [b"{}", *lines], 1),
    ],
)
def test_a_spoilt_ledger_names_its_first_bad_line(
    run: Command, ledger: Path, spoil: Callable[[list[bytes]], list[bytes]], line: int
) -> None:
    ledger.write_bytes(b"\n".join(spoil(ledger.read_bytes().splitlines())) + b"\n")
    ran = run("ledger", "verify", str(ledger), "--key", WARD.public.keyid)
    assert (ran.code, ran.out.split(":")[0]) == (1, f"HỎNG tại dòng {line}")


def test_words_of_a_file_do_not_reach_the_terminal_s_controls(run: Command, ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes().replace(b"ha-dinh-1", b"ha\\u001b[2Jdinh"))
    ran = run("ledger", "verify", str(ledger))
    assert (ran.code, "\x1b" in ran.out) == (1, False)


def test_a_ledger_with_the_line_ends_of_another_system_is_whole(run: Command, ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes().replace(b"\n", b"\r\n"))
    assert run("ledger", "verify", str(ledger)).code == 0


def test_nothing_of_a_server_is_needed() -> None:
    code = f"import sys, web.cli.ledger; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_another_stations_key_does_not_fit(run: Command, ledger: Path) -> None:
    ran = run("ledger", "verify", str(ledger), "--key", key_of(PrivateKey.generate()))
    assert (ran.code, ran.out[:15]) == (1, "HỎNG tại dòng 4")


def test_a_seal_that_somebody_else_made_does_not_fit(run: Command, pen: Pen, tmp_path: Path) -> None:
    forged = Seal.make(pen.lines, PrivateKey.generate()).line()
    file = tmp_path / "gia.jsonl"
    file.write_bytes(b"\n".join([*pen.lines, forged]))
    assert run("ledger", "verify", str(file), "--key", key_of(WARD)).code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["khong-co.jsonl"],
        ["."],
        ["/dev/zero"],
        ["/dev/urandom"],
        ["/dev/null"],
        ["/dev/null", "--key", "khong-phai-khoa"],
    ],
)
def test_what_cannot_be_read_is_neither(run: Command, arguments: list[str]) -> None:
    ran = run("ledger", "verify", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    "body",
    [
        b"\x00\xff\n{}",
        b"",
        b"\n",
        b"so nhat ky",
        b"{",
        b"PK\x03\x04\x14\x00\x00\x00\n\x00",
        b"\x1f\x8b\x08\x00\n",
        bytes(3 << 20),
        b"[" * (3 << 20),
    ],
)
def test_what_is_no_ledger_cannot_be_read(run: Command, tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "rac"
    file.write_bytes(body)
    ran = run("ledger", "verify", str(file))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("key", ["", "khong-phai-khoa", "z" * 16, "z" * 64, "ab" * 31])
def test_what_is_no_key_is_told(run: Command, ledger: Path, key: str) -> None:
    ran = run("ledger", "verify", str(ledger), "--key", key)
    assert (ran.code, ran.out, "--key" in ran.err) == (2, "", True)


@pytest.mark.parametrize("key", [[], ["--key", key_of(WARD)], ["--key", WARD.public.keyid]])
def test_seals_that_another_made_in_the_name_of_the_station_are_found(
    run: Command, pen: Pen, tmp_path: Path, key: list[str]
) -> None:
    file, forged = tmp_path / "gia.jsonl", Seal.make(pen.lines, FORGER)
    mine = replace(forged, keyid=WARD.public.keyid)
    file.write_bytes(b"\n".join([*pen.lines, mine.line()]))
    ran = run("ledger", "verify", str(file), *key)
    assert (ran.code, ran.out[:16]) == (1, "HỎNG tại dòng 6:")


@pytest.mark.parametrize("note", [key_of(WARD), key_of(FORGER), None])
@pytest.mark.parametrize("key", [key_of(WARD), WARD.public.keyid])
def test_a_ledger_written_anew_does_not_fit_the_stations_key(
    run: Command, tmp_path: Path, key: str, note: str | None
) -> None:
    file = tmp_path / "gia.jsonl"
    file.write_bytes(written(FORGER, note=note).batch())
    assert run("ledger", "verify", str(file), "--key", key).code == 1


def test_a_ledger_written_anew_names_its_own_key(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "gia.jsonl"
    file.write_bytes(written(FORGER, note=key_of(FORGER)).batch())
    ran = run("ledger", "verify", str(file))
    assert f"khớp với khóa {FORGER.public.keyid} ghi trong sổ; hãy so" in ran.out


def test_a_ledger_that_names_no_key_is_said_to_be_unchecked(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "cu.jsonl"
    file.write_bytes(written(WARD, note=None).batch())
    ran = run("ledger", "verify", str(file))
    assert (ran.code, "chữ ký CHƯA kiểm (sổ không ghi khóa)" in ran.out) == (0, True)


def test_a_ledger_that_names_no_key_cannot_be_checked_by_a_key_id(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "cu.jsonl"
    file.write_bytes(written(WARD, note=None).batch())
    ran = run("ledger", "verify", str(file), "--key", WARD.public.keyid)
    assert (ran.code, ran.out[:39]) == (1, "HỎNG tại dòng 1: sổ không ghi khóa công")


def test_a_ledger_whose_last_seal_is_gone_tells_it(run: Command, ledger: Path) -> None:
    ledger.write_bytes(b"\n".join(ledger.read_bytes().splitlines()[:-1]))
    ran = run("ledger", "verify", str(ledger), "--key", key_of(WARD))
    assert (ran.code, ran.out[:48]) == (1, "CHƯA NIÊM PHONG: 2 bản ghi cuối không có niêm ph")


@pytest.mark.parametrize("key", [[], ["--key", key_of(WARD)], ["--key", WARD.public.keyid]])
def test_records_that_a_forger_wrote_after_the_first_seal_are_not_whole(
    run: Command, pen: Pen, tmp_path: Path, key: list[str]
) -> None:
    file, kept = tmp_path / "gia.jsonl", pen.batch(1, 3)
    pen.lines[3:] = []
    pen.play("2" * 32, NOW, outcome=State.PLAYED)
    file.write_bytes(kept + b"\n".join(pen.lines[3:]))
    ran = run("ledger", "verify", str(file), *key)
    assert (ran.code, "2 bản ghi cuối không có niêm phong" in ran.out) == (1, True)


@pytest.mark.parametrize("key", [[], ["--key", key_of(WARD)], ["--key", WARD.public.keyid]])
def test_a_ledger_without_its_seals_was_not_checked(
    run: Command, pen: Pen, tmp_path: Path, key: list[str]
) -> None:
    file = tmp_path / "khong-dau.jsonl"
    file.write_bytes(b"\n".join(pen.lines))
    ran = run("ledger", "verify", str(file), *key)
    assert (ran.code, "khớp" in ran.out) == (1, False)


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
    keys = [[], ["--key", key_of(WARD)], ["--key", WARD.public.keyid], ["--key", key_of(FORGER)]]
    assert [run("ledger", "verify", str(file), *key).code for key in keys] == [0, 0, 0, 1]


def test_an_export_of_no_station_leaves_the_file_alone(run: Command, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "xuat.jsonl"
    file.write_text("quý giá")
    assert run("ledger", "export", "khong-co", "--out", str(file)).code == 1
    assert file.read_text() == "quý giá"


def test_an_export_that_cannot_be_written_is_one_line(run: Command, data: Path) -> None:
    ran = run("ledger", "export", "ha-dinh-1", "--out", "/dev/null/xuat.jsonl")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
