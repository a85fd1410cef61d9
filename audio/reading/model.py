"""The values of a reading: what was written, what will be said, and what the editor should look at.

Offsets are half-open and count Unicode code points of the text as given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from audio.reading.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Span:
    """One changed piece: `written` is `text[start:end]`, `spoken` stands in its place, `rule` says why."""

    start: int
    end: int
    written: str
    spoken: str
    rule: str


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - the plain name is a builtin
    """One thing to look at; `message` is a key to translate with `params`, `choices` are other readings.

    Codes: unknown_abbreviation, ambiguous, ocr_slip, personal_data, other_script (also pictures), unreadable
    (bytes that are no text), empty.
    """

    code: str
    start: int
    end: int
    written: str
    message: str
    params: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The words as they will be said, and the way back to the written text."""

    text: str
    spoken: str
    spans: tuple[Span, ...]
    warnings: tuple[Warning_, ...]

    @property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Half-open offsets in `spoken` of the pieces a voice speaks one by one."""
        from audio.reading.breaths import breaths  # noqa: PLC0415 - keeps the values free of the rules

        return breaths(self.spoken)


@dataclass(frozen=True, slots=True)
class Note:
    """A warning in the making, in offsets of the working text."""

    code: str
    start: int
    end: int
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule takes of the working text up to `end`, the words for it, and the pause after it."""

    end: int
    spoken: str
    after: str = ""
    notes: tuple[Note, ...] = ()


class Scan(Protocol):
    """What a rule may ask while it looks at a place in the working text."""

    text: str
    lexicon: Lexicon

    def before(self, position: int) -> str:
        """Give the last words before a place, in lower case, led by a blank."""

    def after(self, position: int) -> str:
        """Give the next few characters after a place, in lower case."""

    def in_heading(self, position: int) -> bool:
        """Tell whether a place lies in a stretch of capitals that are words."""


class Matcher(Protocol):
    """Look at one place of the text and claim what starts there, or nothing."""

    def __call__(self, scan: Scan, position: int) -> Claim | None:
        """Return the claim that starts exactly at `position`, or None."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One token class: its name, the kinds of first character it may start with, and its examples.

    `starts` holds letters of DIGIT, UPPER, LOWER and SYMBOL; every example is held by a test. `signs` are the
    signs it may start with, `behind` what may follow its first digits (a blank for white space, LETTER for a
    letter); empty for any. These two only save asking a rule that has nothing to say.
    """

    name: str
    starts: str
    match: Matcher
    examples: tuple[tuple[str, str], ...]
    signs: str = ""
    behind: str = ""


DIGIT = "d"
UPPER = "u"
LOWER = "l"
SYMBOL = "s"
LETTER = "a"
