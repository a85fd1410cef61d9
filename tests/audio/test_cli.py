"""The three commands, as a shell runs them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from audio.cli import read_command, say_command, voices_command
from content.errors import ConfigurationError, InvalidInputError, UnavailableError
from tests.audio.google_server import GoogleServer, google

ROOT = Path(__file__).parents[2]


def run(*arguments: str, given: bytes = b"", **settings: str) -> Result:
    """Call a command in this process; what it raises is told by the program's own group (tested below)."""
    commands = {"read": read_command, "say": say_command, "voices": voices_command}
    env = {"LOAPHUONG_VOICES": "espeak", **settings}
    return CliRunner(mix_stderr=False, env=env).invoke(commands[arguments[0]], arguments[1:], input=given)


def start(*arguments: str, **pipes: Any) -> subprocess.Popen[bytes]:
    """Start the program as a shell does."""
    command = [sys.executable, "-W", "error", "loaphuong.py", *arguments]
    env = {**os.environ, "LOAPHUONG_VOICES": "espeak", **pipes.pop("settings", {})}
    return subprocess.Popen(command, cwd=ROOT, env=env, **pipes)


def read_all(handle: int) -> str:
    """Read a terminal until its other side is gone."""
    pieces = []
    with contextlib.suppress(OSError):
        while piece := os.read(handle, 4096):
            pieces.append(piece)
    os.close(handle)
    return b"".join(pieces).decode()


def test_read_prints_the_spoken_words_line_by_line() -> None:
    done = run("read", given="Ngày 2/9 UBND họp\n\nXin chào\r\n".encode())
    lines = done.stdout.split("\n")
    assert (len(lines), lines[1], lines[2].rstrip(".")) == (4, "", "Xin chào")
    assert "uỷ ban nhân dân" in lines[0].lower().replace("ủy", "uỷ")


def test_read_jsonl_gives_spans_in_the_string_as_given() -> None:
    text = "Họp ngày 2/9 tại UBND"
    done = run("read", "--jsonl", given=json.dumps(text).encode() + b"\n")
    answer = json.loads(done.stdout)
    assert set(answer) == {"spoken", "spans", "warnings"}
    assert [text[span["start"] : span["end"]] for span in answer["spans"]] == [
        span["written"] for span in answer["spans"]
    ]
    assert {frozenset(span) for span in answer["spans"]} == {
        frozenset({"start", "end", "written", "spoken", "rule"})
    }


def test_read_replaces_bytes_that_are_no_utf8_and_says_so() -> None:
    done = run("read", given=b"Xin \xff ch\xc3\xa0o\nHai\n")
    assert (done.exit_code, done.stdout.count("\n")) == (0, 2)
    assert "Dòng 1" in done.stderr


@pytest.mark.parametrize(
    ("bad", "told", "closing"),
    [
        (3, 3, "Dòng 6: "),
        (4, 4, "Còn 1 dòng nữa cũng vậy: 4 trong 8 dòng"),
        (500, 4, "Còn 497 dòng nữa cũng vậy: 500 trong 1000 dòng"),
    ],
)
def test_read_tells_of_a_few_bad_lines_and_counts_the_others(bad: int, told: int, closing: str) -> None:
    done = run("read", given=b"mot\n\xff\n" * bad)
    lines = done.stderr.splitlines()
    assert (len(lines), [line.split()[2] for line in lines[:3]]) == (told, ["2:", "4:", "6:"])
    assert lines[-1].startswith(f"loaphuong: {closing}")


@pytest.mark.parametrize("line", [b'"xin \xff"', rb'"xin \ud800"'])
def test_read_jsonl_warns_of_what_is_no_text(line: bytes) -> None:
    answer = json.loads(run("read", "--jsonl", given=line).stdout)
    assert answer["warnings"][0]["code"] == "invalid_utf8"


@pytest.mark.parametrize("line", [b"xin", b"5", b'{"a": 1}', b"[" * 5000])
def test_read_jsonl_answers_the_line_that_is_no_string_and_goes_on(line: bytes) -> None:
    done = run("read", "--jsonl", given=b'"mot"\n' + line + b'\n"hai"\n')
    first, wrong, last = map(json.loads, done.stdout.splitlines())
    assert (first["spoken"], last["spoken"], wrong["line"], sorted(wrong)) == (
        "mot",
        "hai",
        2,
        ["error", "line"],
    )
    assert "Dòng 2" in wrong["error"]
    assert (type(done.exception), "1 trong 3 dòng" in str(done.exception)) == (InvalidInputError, True)


def test_read_jsonl_passes_over_blank_lines() -> None:
    done = run("read", "--jsonl", given=b'\n"mot"\n  \r\n"hai"\n\n')
    assert (done.exit_code, done.stdout.count("\n")) == (0, 2)


def test_read_jsonl_ends_with_status_1_after_a_bad_line() -> None:
    with start(
        "read", "--jsonl", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as reader:
        out, told = reader.communicate(b'x\n"mot"\n')
    assert (reader.returncode, out.count(b"\n"), told.count(b"\n")) == (1, 2, 1)


@pytest.mark.parametrize("arguments", [("read",), ("read", "--jsonl")])
def test_read_stops_at_a_line_without_an_end(arguments: tuple[str, ...]) -> None:
    with (
        Path("/dev/zero").open("rb") as endless,
        start(*arguments, stdin=endless, stderr=subprocess.PIPE) as reader,
    ):
        _, told = reader.communicate()
    assert (reader.returncode, told.count(b"\n")) == (1, 1)
    assert "Dòng 1 dài quá 16 MB" in told.decode()


def test_read_tells_in_its_help_what_becomes_of_bad_lines() -> None:
    assert '{"error": …, "line": n}' in " ".join(run("read", "--help").stdout.split())


def test_read_answers_each_line_before_the_next_is_given() -> None:
    with start("read", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdin
        assert reader.stdout
        for word in (b"mot\n", b"hai\n"):
            reader.stdin.write(word)
            reader.stdin.flush()
            assert reader.stdout.readline().endswith(b"\n")
        reader.stdin.close()


def test_read_is_quiet_when_its_reader_has_gone() -> None:
    pipe, end = os.pipe()
    os.close(pipe)
    with start("read", stdin=subprocess.PIPE, stdout=end, stderr=subprocess.PIPE) as reader:
        os.close(end)
        _, told = reader.communicate(b"mot\n" * 100)
    assert told == b""


def test_say_makes_a_clip_and_tells_of_it(tmp_path: Path) -> None:
    out = tmp_path / "a.mp3"
    done = run("say", "Ngày 2/9, kính mời bà con dự lễ chào cờ.", "--out", str(out))
    told = dict(line.split(": ") for line in done.stdout.splitlines())
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (told["Giọng"], abs(float(told["LUFS"]) + 16) <= 0.5) == ("espeak", True)


@pytest.mark.parametrize(
    ("text", "out", "voice", "word"),
    [
        ("", "x.mp3", "espeak", "không có chữ"),
        ("...", "x.mp3", "espeak", "không có chữ"),
        ("Xin chào", "x.mp3", "siri", "siri"),
        ("Xin chào", "nowhere/x.mp3", "espeak", "nowhere"),
    ],
)
def test_say_writes_nothing_when_something_is_wrong(
    text: str, out: str, voice: str, word: str, tmp_path: Path
) -> None:
    done = run("say", text, "--out", str(tmp_path / out), "--voice", voice)
    assert isinstance(done.exception, InvalidInputError)
    assert (word in str(done.exception), list(tmp_path.iterdir())) == (True, [])


PHONE = "Liên hệ ông An, điện thoại 0912 345 678."


def say(server: GoogleServer, folder: Path, *arguments: str) -> Result:
    """Call `say` with Google's stand-in as the first choice."""
    env = {
        "LOAPHUONG_VOICES": "gtts,espeak",
        "LOAPHUONG_GTTS_URL": server.url,
        "LOAPHUONG_DATA_DIR": str(folder),
    }
    return run("say", *arguments, "--out", str(folder / "x.mp3"), **env)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments", [("Xin chào", "--internal"), (PHONE,)], ids=["internal", "personal data"]
)
def test_say_keeps_words_in_the_house(arguments: tuple[str, ...], sound: bytes, tmp_path: Path) -> None:
    with google(sound) as server:
        done = say(server, tmp_path, *arguments)
        refused = say(server, tmp_path, *arguments, "--voice", "gtts")
    assert ("Giọng: espeak" in done.stdout, "gtts" in done.stderr, server.asked) == (True, True, [])
    assert isinstance(refused.exception, InvalidInputError)


@pytest.mark.parametrize("arguments", [("Xin chào",), (PHONE, "--personal-data-meant")])
def test_say_asks_google_when_it_may(arguments: tuple[str, ...], sound: bytes, tmp_path: Path) -> None:
    with google(sound) as server:
        done = say(server, tmp_path, *arguments)
    assert ("Giọng: gtts" in done.stdout, len(server.asked) > 0) == (True, True)


def test_say_draws_a_bar_on_a_terminal_and_wipes_it_away(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with start("say", "Xin chào. Mời họp.", "--out", str(tmp_path / "a.mp3"), stderr=theirs) as program:
        os.close(theirs)
        shown = read_all(ours)
    assert (program.returncode, "câu 2/2" in shown, shown.endswith("\r\x1b[K")) == (0, True, True)


def test_say_draws_no_bar_elsewhere(tmp_path: Path) -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start("say", "Xin chào.", "--out", str(tmp_path / "a.mp3"), **pipes) as program:
        printed, told = program.communicate()
    assert (printed.count(b"\n"), told) == (4, b"")


def test_say_tells_that_it_cannot_write(tmp_path: Path) -> None:
    done = run("say", "Xin chào.", "--out", str(tmp_path / ("x" * 300)))
    assert isinstance(done.exception, UnavailableError)
    assert str(done.exception).endswith("tên tệp quá dài.")


@pytest.mark.parametrize("voice", ["espeak-trung", "espeak-nam"])
def test_say_speaks_by_a_voice_that_the_order_does_not_name(voice: str, tmp_path: Path) -> None:
    done = run("say", "Xin chào bà con.", "--out", str(tmp_path / "x.mp3"), "--voice", voice)
    assert f"Giọng: {voice}" in done.stdout


def test_say_says_why_another_voice_spoke_in_one_line(sound: bytes, tmp_path: Path) -> None:
    env = {"LOAPHUONG_VOICES": "gtts,espeak", "LOAPHUONG_DATA_DIR": str(tmp_path)}
    with google(sound) as server:
        server.mode = "429"
        env["LOAPHUONG_GTTS_URL"] = server.url
        with start(
            "say", "Xin chào.", "--out", str(tmp_path / "x.mp3"), stderr=subprocess.PIPE, settings=env
        ) as program:
            _, told = program.communicate()
    why = "Google tạm chặn vì hỏi quá nhiều (429)"
    assert told.decode() == f"loaphuong: giọng espeak đọc thay, vì {why}\n"


def test_say_shapes_the_sound_as_the_settings_have_it(tmp_path: Path) -> None:
    made = []
    for number, horn in enumerate(("0", "1")):
        out = tmp_path / f"{number}.mp3"
        run("say", "Mời bà con ra họp.", "--out", str(out), LOAPHUONG_HORN_EQ=horn)
        made.append(out.read_bytes())
    assert made[0] != made[1]


def test_a_mistake_is_one_line_of_the_program(tmp_path: Path) -> None:
    with start("say", "...", "--out", str(tmp_path / "x.mp3"), stderr=subprocess.PIPE) as program:
        _, told = program.communicate()
    assert (program.returncode, told.count(b"\n")) == (1, 1)
    assert "không có chữ" in told.decode()


def test_voices_are_listed_in_their_order(tmp_path: Path) -> None:
    done = run("voices", LOAPHUONG_VOICES="gtts,espeak", LOAPHUONG_DATA_DIR=str(tmp_path))
    numbered = [line for line in done.stdout.splitlines() if line[0].isdigit()]
    assert [line.split(":")[0] for line in numbered] == ["1. gtts", "2. espeak"]
    assert "chưa thử" in numbered[0]


def test_an_unknown_voice_in_the_settings_is_told() -> None:
    done = run("voices", LOAPHUONG_VOICES="siri")
    assert isinstance(done.exception, ConfigurationError)
    assert "siri" in str(done.exception)
