"""Document numbers: `34-TB/QU`, `45/QĐ-UBND`, `100/2019/NĐ-CP`, `31/2024/QH15`.

Where the word for the kind stands before the number and the issuer's code is known, the issuer is named:
`Thông báo số ba mươi tư của Quận ủy`. Where the issuer follows in words (`của Chính phủ`) the codes are
spelled, so that nothing is said twice; an unknown issuer is spelled too, and so is an unknown office behind a
known one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import UPPER_LETTERS, L, spell
from audio.reading.document_words import ISSUERS, KINDS
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import cardinal, integer

if TYPE_CHECKING:
    from audio.reading.model import Scan

_CODE = rf"[{UPPER_LETTERS}]{L}*\d{{0,3}}"
_NUMBER = re.compile(
    rf"(?P<number>\d{{1,6}})(?:\.(?P<part>\d))?(?P<letter>[a-zA-Z]?)(?:\s?/\s?(?P<year>(?:19|20)\d\d))?\s?[-–/]\s?"
    rf"(?P<codes>{_CODE}(?:\s?[-–/&.]\s?{_CODE}){{0,5}})(?![{UPPER_LETTERS}\d])"
)
_PART = re.compile(rf"(?P<letters>{L}+)(?P<session>\d*)")
_ALIASES = {"quyết định": "quy định"}
_SAID_LATER = re.compile(r"(?:,? ngày [\d/.\- tháng năm]{3,28})?,? của ")
_LEAD = re.compile(
    r" số$|văn bản$|quyết định$|nghị định$|thông tư$|nghị quyết$|chỉ thị$|kế hoạch$|luật$| số:$"
)
_HOME = re.compile(r" (?:căn|căn hộ|phòng|tòa|toà|nhà|block|ki ốt|kiốt)$")


def _part(part: re.Match[str]) -> str:
    """Say one code: by its words where known, else letter by letter."""
    letters, session = part["letters"], part["session"]
    words = KINDS.get(letters) or ISSUERS.get(letters) or spell(letters)
    return f"{words} {cardinal(int(session))}" if session else words


def _spelled(part: re.Match[str]) -> str:
    """Spell one code."""
    session = f" {cardinal(int(part['session']))}" if part["session"] else ""
    return spell(part["letters"]) + session


def _is_named(before: str, kind: str, code: str) -> bool:
    """Tell whether the kind of document stands in words, or by its code, shortly before its number."""
    return any(
        re.search(rf"(?<!\w){name}(?!\w)", before) for name in (kind, _ALIASES.get(kind, kind), code.lower())
    )


def _codes(scan: Scan, position: int, found: re.Match[str]) -> str:
    """Say the codes of a document number."""
    parts = list(_PART.finditer(found["codes"]))
    kind = KINDS.get(parts[0]["letters"], "")
    if _SAID_LATER.match(scan.text, found.end()):
        return f" {' '.join(map(_spelled, parts))}"
    issuers = parts[1:] if kind else parts
    known = bool(issuers) and issuers[0]["letters"] in ISSUERS
    named = bool(kind) and _is_named(scan.before(position), kind, parts[0]["letters"])
    if known and named:
        link = "" if issuers[0]["letters"] == "QH" else "của "
        return f" {link}{', '.join(map(_part, issuers))}"
    return (
        f" {', '.join(map(_part, parts))}" if known or not issuers else f" {' '.join(map(_spelled, parts))}"
    )


def _is_document(found: re.Match[str], before: str) -> bool:
    """Tell a document number from a house number or a class: a known code, a year, or the word for number."""
    first = _PART.match(found["codes"])
    code = first["letters"] if first else ""
    if found["year"] or _LEAD.search(before):
        return True
    block = first is not None and first["session"] and code in KINDS
    if block or _HOME.search(before):
        return False
    return (code in KINDS or code in ISSUERS) and len(code) > 1


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a document number."""
    found = _NUMBER.match(scan.text, position)
    if not found or not _is_document(found, scan.before(position)):
        return None
    letter = f" {spell(found['letter'])}" if found["letter"] else ""
    year = f" trên {cardinal(int(found['year']))}" if found["year"] else ""
    part = f" chấm {integer(found['part'])}" if found["part"] else ""
    return Claim(
        found.end(), f"{integer(found['number'])}{part}{letter}{year}{_codes(scan, position, found)}"
    )


RULE = Rule(
    "document",
    DIGIT,
    match,
    (
        ("Thông báo số 34-TB/QU", "Thông báo số ba mươi tư của Quận ủy"),
        ("Quyết định số 45/QĐ-UBND", "Quyết định số bốn mươi lăm của Ủy ban nhân dân"),
        (
            "Nghị định 59/2019/NĐ-CP của Chính phủ",
            "Nghị định năm mươi chín trên hai nghìn không trăm mười chín nờ đê xê pê của Chính phủ",
        ),
    ),
    behind="a/-–. ",
)
