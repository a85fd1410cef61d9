"""Files that people hand in, read whole or refused: a YAML document of a known form."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from content.errors import InvalidInputError

LARGEST_BYTES = 5_000_000
Form = TypeVar("Form", bound=BaseModel)


def yaml_file(path: Path, form: type[Form], *, what: str) -> Form:
    """Return the document in `path` as `form`; InvalidInputError says what is wrong with it."""
    return parse_yaml(path, read_file(path, what=what), form, what=what)


def read_file(path: Path, *, what: str) -> bytes:
    """Return the bytes of a file a person named; InvalidInputError when it cannot be read or is too large."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise InvalidInputError("Tệp {path} quá lớn, không phải một {what}.", path=path, what=what)
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError("Không đọc được tệp {path}: {why}.", path=path, why=error.strerror) from error


def parse_yaml(path: Path, data: bytes, form: type[Form], *, what: str) -> Form:
    """Return `data`, which stood in `path`, as `form`."""
    try:
        return form.model_validate(yaml.safe_load(data.decode("utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InvalidInputError(
            "Tệp {path} không phải một {what}: {why}.", path=path, what=what, why=_first_problem(error)
        ) from error


def _first_problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "gốc"
        return f"{place}: {first['msg']} ({error.error_count()} lỗi)"
    return " ".join(str(error).split())[:200]
