"""The voice file that a site supplies, looked at closely."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audio.voices.piper_file import UNKNOWN_LICENCE, look
from content.errors import UnavailableError

TOLD: dict[str, Any] = {
    "audio": {"sample_rate": 22_050},
    "espeak": {"voice": "vi"},
    "language": {"code": "vi_VN"},
    "num_symbols": 256,
    "num_speakers": 1,
    "phoneme_id_map": {"a": [1]},
}


def make_file(folder: Path, told: object = TOLD) -> Path:
    path = folder / "giong.onnx"
    path.write_bytes(b"model")
    given = told if isinstance(told, bytes) else json.dumps(told).encode()
    path.with_name("giong.onnx.json").write_bytes(given)
    return path


def test_what_it_says_of_itself_is_read(tmp_path: Path) -> None:
    found = look(make_file(tmp_path), language="vi")
    assert (found.rate, found.language, found.licence) == (22_050, "vi_VN", UNKNOWN_LICENCE)


def test_a_voice_that_names_no_language_has_that_of_its_phonemes(tmp_path: Path) -> None:
    told = {name: value for name, value in TOLD.items() if name != "language"}
    assert look(make_file(tmp_path, told), language="vi").language == "vi"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (b"", "không phải JSON"),
        (b"[" * 100_000, "không phải JSON"),
        (b"\xff", "không phải JSON"),
        ([], "đối tượng"),
        ({}, "audio"),
        ({**TOLD, "audio": {}}, "sample_rate"),
        ({**TOLD, "audio": {"sample_rate": "22050"}}, "sample_rate"),
        ({**TOLD, "audio": {"sample_rate": 10}}, "sample_rate"),
        ({**TOLD, "phoneme_id_map": {}}, "phoneme_id_map"),
        ({**TOLD, "espeak": {}}, "espeak.voice"),
        ({**TOLD, "phoneme_type": "pinyin"}, "pinyin"),
        ({**TOLD, "language": {"code": "en_US"}}, "en_US"),
    ],
)
def test_a_description_that_does_not_serve_is_told(tmp_path: Path, told: object, why: str) -> None:
    with pytest.raises(UnavailableError, match=why):
        look(make_file(tmp_path, told), language="vi")


def test_a_description_that_is_missing_is_told(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    path.with_name("giong.onnx.json").unlink()
    with pytest.raises(UnavailableError, match=r"giong\.onnx\.json"):
        look(path, language="vi")


@pytest.mark.parametrize("name", ["giong.bin", "other.onnx", "giong.onnx.json"])
def test_a_file_that_is_no_voice_is_told(tmp_path: Path, name: str) -> None:
    make_file(tmp_path)
    with pytest.raises(UnavailableError, match="không có tệp giọng"):
        look(tmp_path / name, language="vi")


@pytest.mark.parametrize(
    ("told", "card", "licence"),
    [
        ({**TOLD, "license": "CC-BY-4.0"}, "* License: CC0", "CC-BY-4.0"),
        (TOLD, "# Model card\n\n* License: CC0\n", "CC0"),
        (TOLD, "**Licence**: CC BY-NC 4.0  \n", "CC BY-NC 4.0"),
        (TOLD, "nothing of the kind", UNKNOWN_LICENCE),
    ],
)
def test_the_licence_is_the_makers_word(tmp_path: Path, told: object, card: str, licence: str) -> None:
    (tmp_path / "MODEL_CARD").write_text(card, "utf-8")
    assert look(make_file(tmp_path, told), language="vi").licence == licence
