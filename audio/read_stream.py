"""What `loaphuong read` does: lines of text to lines of spoken words, one by one as they come.

A line is never longer than `LONGEST_LINE` bytes: what has no end of a line is no text, and would fill memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, BinaryIO

from audio.reading import Warning_, read
from content.errors import InvalidInputError

_REPLACED = "\ufffd"
_BOM = b"\xef\xbb\xbf"
TOLD_ONE_BY_ONE = 3
LONGEST_LINE = 16 * 1024 * 1024


def read_lines(lines: BinaryIO, warn: Callable[[str], object]) -> Iterator[str]:
    """Yield the spoken words of every line; `warn` is told (in Vietnamese) of bytes that are no UTF-8.

    The first few such lines are told as they come; after the last line one more message counts the others.
    """
    replaced = number = 0
    for number, text, broken in _decoded(lines):
        replaced += broken
        if broken and replaced <= TOLD_ONE_BY_ONE:
            warn(f"Dòng {number}: có byte không phải UTF-8, đã thay bằng “{_REPLACED}”.")
        yield " ".join(read(text).spoken.splitlines())
    if replaced > TOLD_ONE_BY_ONE:
        warn(_rest(replaced, number))


def read_json_lines(lines: BinaryIO) -> Iterator[str]:
    """Yield a JSON object for every line: for a JSON string its reading, for anything else what is wrong.

    Blank lines are passed over.  InvalidInputError after the last line counts those that were wrong.
    """
    wrong = number = 0
    for number, line, broken in _decoded(lines):
        if not line.strip():
            continue
        try:
            text = _string(line, number)
        except InvalidInputError as error:
            wrong += 1
            yield json.dumps({"error": str(error), "line": number}, ensure_ascii=False)
        else:
            yield _answer(text, is_broken=broken)
    if wrong:
        raise InvalidInputError(
            "{wrong} trong {lines} dòng không đọc được; xem các dòng trả lời có “error”.",
            wrong=wrong,
            lines=number,
        )


def _decoded(lines: BinaryIO) -> Iterator[tuple[int, str, bool]]:
    """Yield (line number, text, whether bytes were replaced)."""
    for number, raw in enumerate(_bounded(lines), start=1):
        line = raw.removeprefix(_BOM) if number == 1 else raw
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        try:
            yield number, line.decode("utf-8"), False
        except UnicodeDecodeError:
            yield number, line.decode("utf-8", "replace"), True


def _bounded(lines: BinaryIO) -> Iterator[bytes]:
    """Yield line after line, or raise InvalidInputError at one that does not end."""
    number = 0
    while raw := lines.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise InvalidInputError(
                "Dòng {number} dài quá {limit} MB mà chưa hết, nên dừng ở đó. Hãy kiểm tra đó là tệp "
                "văn bản, hoặc xuống dòng sau mỗi đoạn.",
                number=number,
                limit=LONGEST_LINE // 1024 // 1024,
            )
        yield raw


def _rest(replaced: int, lines: int) -> str:
    """Tell of the lines that were not told one by one."""
    more = replaced - TOLD_ONE_BY_ONE
    return (
        f"Còn {more} dòng nữa cũng vậy: {replaced} trong {lines} dòng có byte không phải UTF-8. "
        "Hãy kiểm tra đó là tệp văn bản, lưu bằng mã UTF-8."
    )


def _string(line: str, number: int) -> str:
    try:
        text = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("Dòng {number} không phải JSON.", number=number) from error
    if not isinstance(text, str):
        raise InvalidInputError('Dòng {number} phải là một chuỗi JSON, ví dụ "Ngày 2/9".', number=number)
    return text


def _replaced(text: str) -> Warning_:
    place = max(0, text.find(_REPLACED))
    return Warning_("invalid_utf8", place, min(len(text), place + 1), _REPLACED, "invalid_utf8")


def _answer(text: str, *, is_broken: bool) -> str:
    """Give the reading of a string as a JSON object; half characters are replaced, and warned of."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    reading = read(whole)
    warnings = [asdict(warning) for warning in reading.warnings]
    if is_broken or whole != text:
        warnings.insert(0, asdict(_replaced(whole)))
    spans: list[dict[str, Any]] = [asdict(span) for span in reading.spans]
    return json.dumps({"spoken": reading.spoken, "spans": spans, "warnings": warnings}, ensure_ascii=False)
