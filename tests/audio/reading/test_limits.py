"""Long and hostile texts are read in a time that grows with their length, and the room stays light."""

from __future__ import annotations

import subprocess
import sys
from time import process_time

import pytest

from audio.reading import read, sentences

_LENGTH = 20_000
_SECONDS = 20.0
_UNITS = (
    *(
        "7",
        "-",
        "[",
        "[(",
        "1.",
        "1-",
        "1/",
        "0 ",
        "A",
        "AB ",
        "A1.",
        "a.",
        "a@",
        "$_",
        "*",
        "<a",
        "&a",
        "\n",
        " ",
    ),
    *(
        "XV ",
        "KÍNH ",
        "https://",
        "0912 ",
        "7h-",
        "5x",
        "30A",
        "e\u0301",
        "中",
        "🙂",
        "21-KH/",
        "gọi 1 ",
        "1 000 ",
    ),
    "\\text{",
)
_HEAVY = ("flask", "sqlalchemy", "pydub", "gtts")


@pytest.mark.parametrize("unit", _UNITS)
def test_a_hostile_text_is_read_in_good_time(unit: str) -> None:
    text = (unit * _LENGTH)[:_LENGTH]
    begun = process_time()
    sentences(read(text).spoken)
    assert process_time() - begun < _SECONDS


def test_the_room_needs_the_standard_library_only() -> None:
    code = f"import audio.reading, sys; print([name for name in {_HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
