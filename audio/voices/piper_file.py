"""The voice file that a site supplies for piper: a model `.onnx` and its `.onnx.json`, looked at closely."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio.files import told
from content.errors import UnavailableError

UNKNOWN_LICENCE = "chưa rõ giấy phép"
_MOST_JSON_BYTES = 4 * 1024 * 1024
_CARD_BYTES = 64 * 1024
_RATES = range(8_000, 48_001)
_KINDS = ("espeak", "text")
_LICENCE = re.compile(r"^[\W_]*licen[cs]e\W*:\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class VoiceFile:
    """What is known of a voice file: samples a second, language as it names it, licence as its makers say."""

    path: Path
    rate: int
    language: str
    licence: str


def look(path: Path, *, language: str) -> VoiceFile:
    """Return what is known of the voice at `path`; UnavailableError when piper could not speak with it.

    `language` is the one it must say it speaks, such as `vi`.
    """
    if path.suffix != ".onnx" or not path.is_file() or not path.stat().st_size:
        raise UnavailableError("không có tệp giọng {path} (đuôi .onnx)", path=path)
    told = _told(path.with_name(f"{path.name}.json"))
    found = VoiceFile(path, _rate(told), _language(told), _licence(told, path.parent))
    if re.split(r"[-_]", found.language)[0].lower() != language.lower():
        raise UnavailableError(
            "tệp {file} nói tiếng “{language}”, không phải “{wanted}” (LOAPHUONG_PIPER_LANGUAGE)",
            file=path.name,
            language=found.language,
            wanted=language,
        )
    return found


def sha256_of(path: Path) -> str:
    """Return the sha256 hex of the model followed by its description; UnavailableError when unreadable."""
    total = hashlib.sha256()
    try:
        for part in (path, path.with_name(f"{path.name}.json")):
            with part.open("rb") as file:
                while piece := file.read(1 << 20):
                    total.update(piece)
    except OSError as error:
        raise UnavailableError("không đọc được {path}: {why}", path=path, why=told(error)) from error
    return total.hexdigest()


def signature_of(path: Path) -> tuple[int, ...]:
    """Return what changes when either file is replaced; UnavailableError when one is missing."""
    try:
        seen = [part.stat() for part in (path, path.with_name(f"{path.name}.json"))]
    except OSError as error:
        raise UnavailableError("không đọc được {path}: {why}", path=path, why=told(error)) from error
    return tuple(number for one in seen for number in (one.st_ino, one.st_size, one.st_mtime_ns))


def _told(path: Path) -> dict[str, Any]:
    """Return the description; every field that piper cannot do without is there and of its kind."""
    try:
        if path.stat().st_size > _MOST_JSON_BYTES:
            raise UnavailableError("tệp {file} quá lớn để là mô tả của một giọng", file=path.name)
        told = json.loads(path.read_bytes())
    except OSError as error:
        raise UnavailableError("thiếu tệp {file} bên cạnh tệp giọng", file=path.name) from error
    except (ValueError, RecursionError) as error:
        raise UnavailableError("tệp {file} không phải JSON", file=path.name) from error
    if problem := _problem(told):
        raise UnavailableError("tệp {file}: {problem}", file=path.name, problem=problem)
    return dict(told)


def _problem(told: Any) -> str:
    if not isinstance(told, dict):
        return "không phải một đối tượng JSON"
    wanted: dict[str, tuple[type, ...]] = {
        "audio": (dict,),
        "espeak": (dict,),
        "phoneme_id_map": (dict,),
        "num_symbols": (int,),
        "num_speakers": (int,),
    }
    missing = [name for name, kinds in wanted.items() if not isinstance(told.get(name), kinds)]
    if missing:
        return f"thiếu hoặc sai {', '.join(missing)}"
    if told.get("phoneme_type", "espeak") not in _KINDS:
        return f"chưa dùng được phoneme_type “{told['phoneme_type']}”"
    if not isinstance(told["espeak"].get("voice"), str) or not told["phoneme_id_map"]:
        return "thiếu espeak.voice hoặc phoneme_id_map trống"
    return "" if _rate(told) in _RATES else "thiếu hoặc sai audio.sample_rate"


def _rate(told: dict[str, Any]) -> int:
    rate = told["audio"].get("sample_rate")
    return rate if isinstance(rate, int) else 0


def _language(told: dict[str, Any]) -> str:
    """Return the language it says it speaks, or else that of its phonemes."""
    named = told.get("language")
    code = named.get("code") if isinstance(named, dict) else None
    return str(code or told["espeak"]["voice"])


def _licence(told: dict[str, Any], folder: Path) -> str:
    """Return the licence that the description or the card beside it names."""
    for field in ("license", "licence"):
        if isinstance(told.get(field), str) and told[field].strip():
            return str(told[field]).strip()
    try:
        with (folder / "MODEL_CARD").open("rb") as card:
            found = _LICENCE.search(card.read(_CARD_BYTES).decode("utf-8", "replace"))
    except OSError:
        return UNKNOWN_LICENCE
    return found.group(1) if found else UNKNOWN_LICENCE
