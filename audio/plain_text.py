"""Text as it may be spoken, tagged and stored: NFC, one line, no control characters, no half characters."""

from __future__ import annotations

import unicodedata

_UNWANTED = {"Cc", "Cs"}


def plain(text: str) -> str:
    """Return `text` in NFC on one line, blanks for whatever is no character."""
    signs = unicodedata.normalize("NFC", text)
    kept = (" " if unicodedata.category(sign) in _UNWANTED else sign for sign in signs)
    return " ".join("".join(kept).split())


def sayable(text: str) -> bool:
    """Tell whether there is a letter or a digit to say."""
    return any(sign.isalnum() for sign in text)
