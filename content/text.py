"""What people type, made safe to keep: NFC, no control characters, within a length."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from content.errors import InvalidInputError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""What an e-mail address looks like; nothing that could end a line or begin another address."""
TITLE_LIMIT = 200
NAME_LIMIT = 120
REASON_LIMIT = 1_000


def line(value: str, *, field: str, what: str, limit: int = TITLE_LIMIT) -> str:
    """Return one line of text, NFC, trimmed, blanks folded; InvalidInputError when empty or too long."""
    return _within(
        " ".join(_clean(value, field=field, what=what).split()), field=field, what=what, limit=limit
    )


def body(value: str, *, field: str, what: str, limit: int) -> str:
    """Return a longer text, NFC, line ends unified, trimmed; InvalidInputError when empty or too long."""
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    return _within(_clean(unified, field=field, what=what).strip(), field=field, what=what, limit=limit)


def msgid(text: str) -> str:
    """Return `text` as it is: marks Vietnamese words that a page translates where it shows them."""
    return text


def sha256_of(text: str) -> str:
    """Return the sha256 hex of `text` in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


_TOO_LONG = msgid("{what} dài {count} ký tự; nhiều nhất {limit}. Hãy rút gọn.")
_TOO_LONG_TO_SAY = msgid(
    "{what} dài {count} ký tự; nhiều nhất {limit}. Hãy rút gọn hoặc tách làm hai bản tin."
)


def slug_of(text: str) -> str:
    """Return a lowercase ASCII slug of Vietnamese text (`Phường Hạ Đình` → `phuong-ha-dinh`)."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return _NOT_SLUG.sub("-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")


def _clean(value: str, *, field: str, what: str) -> str:
    found = _CONTROL.search(value)
    if found:
        raise InvalidInputError(
            "{what} có ký tự điều khiển U+{code} ở vị trí {place}; hãy xóa ký tự đó.",
            field=field,
            what=what,
            code=f"{ord(found[0]):04X}",
            place=found.start() + 1,
        )
    return unicodedata.normalize("NFC", value)


def _within(value: str, *, field: str, what: str, limit: int) -> str:
    if not value:
        raise InvalidInputError("{what} đang để trống.", field=field, what=what)
    if len(value) > limit:
        advice = _TOO_LONG_TO_SAY if field == "text" else _TOO_LONG
        raise InvalidInputError(advice, field=field, what=what, count=len(value), limit=limit)
    return value
