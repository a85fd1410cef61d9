"""The three commands, as a shell runs them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: str, given: bytes = b"", **settings: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "LOAPHUONG_VOICES": "espeak", **settings}
    command = [sys.executable, "loaphuong.py", *arguments]
    return subprocess.run(
        command, input=given, capture_output=True, cwd=ROOT, env=env, check=False, timeout=60
    )


def test_read_prints_the_spoken_words_line_by_line() -> None:
    done = run("read", given="Ngày 2/9 UBND họp\n\nXin chào\r\n".encode())
    lines = done.stdout.decode().split("\n")
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
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 2)
    assert "Dòng 1" in done.stderr.decode()


@pytest.mark.parametrize("line", [b'"xin \xff"', rb'"xin \ud800"'])
def test_read_jsonl_warns_of_what_is_no_text(line: bytes) -> None:
    answer = json.loads(run("read", "--jsonl", given=line).stdout)
    assert answer["warnings"][0]["code"] == "invalid_utf8"


@pytest.mark.parametrize("line", [b"xin", b"5", b'{"a": 1}', b"[" * 5000, b""])
def test_read_jsonl_names_the_line_that_is_no_string(line: bytes) -> None:
    done = run("read", "--jsonl", given=b'"mot"\n' + line + b"\n")
    told = done.stderr.decode().strip()
    assert (done.returncode, done.stdout.count(b"\n")) == (1, 1)
    assert "Dòng 2" in told
    assert "\n" not in told


def test_read_answers_each_line_before_the_next_is_given() -> None:
    command = [sys.executable, "loaphuong.py", "read"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as reader:
        assert reader.stdin
        assert reader.stdout
        for word in (b"mot\n", b"hai\n"):
            reader.stdin.write(word)
            reader.stdin.flush()
            assert reader.stdout.readline().endswith(b"\n")
        reader.stdin.close()


def test_read_is_quiet_when_its_reader_has_gone() -> None:
    command = [sys.executable, "loaphuong.py", "read"]
    pipe, end = os.pipe()
    os.close(pipe)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=end, stderr=subprocess.PIPE, cwd=ROOT
    ) as reader:
        os.close(end)
        _, told = reader.communicate(b"mot\n" * 100)
    assert told == b""


def test_say_makes_a_clip_and_tells_of_it(tmp_path: Path) -> None:
    out = tmp_path / "a.mp3"
    done = run("say", "Ngày 2/9, kính mời bà con dự lễ chào cờ.", "--out", str(out))
    told = dict(line.split(": ") for line in done.stdout.decode().splitlines())
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (told["Giọng"], abs(float(told["LUFS"]) + 16) <= 0.5) == ("espeak", True)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("", "--out", "x.mp3"), "không có chữ"),
        (("...", "--out", "x.mp3"), "không có chữ"),
        (("Xin chào", "--out", "x.mp3", "--voice", "siri"), "siri"),
        (("Xin chào", "--out", "nowhere/x.mp3"), "nowhere"),
    ],
)
def test_say_tells_in_one_line_what_is_wrong(arguments: tuple[str, ...], word: str, tmp_path: Path) -> None:
    text, option, out, *more = arguments
    done = run("say", text, option, str(tmp_path / out), *more)
    told = done.stderr.decode().strip()
    assert done.returncode != 0
    assert (word in told, "\n" in told, list(tmp_path.iterdir())) == (True, False, [])


def test_voices_are_listed_in_their_order(tmp_path: Path) -> None:
    done = run("voices", LOAPHUONG_VOICES="gtts,espeak", LOAPHUONG_DATA_DIR=str(tmp_path))
    lines = done.stdout.decode().splitlines()
    assert [line.split(":")[0] for line in lines] == ["1. gtts", "2. espeak"]


def test_an_unknown_voice_in_the_settings_is_told() -> None:
    done = run("voices", LOAPHUONG_VOICES="siri")
    assert (done.returncode, "siri" in done.stderr.decode()) == (1, True)
