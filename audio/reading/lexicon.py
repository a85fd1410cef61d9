"""The lexicon: how abbreviations and foreign words are said. An immutable value, shipped as a data file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from audio.reading.alphabet import LETTERS
from audio.reading.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHIPPED = Path(__file__).with_name("lexicon.tsv")
_FIRST = re.compile(f"[{LETTERS}]+")
_START = re.compile(f"[{LETTERS}]+|[^{LETTERS}]")
_UNSAYABLE = re.compile(f"[^{LETTERS} .,;:?!]+")
_PAUSES = re.compile(r"\s*([.,;:?!])[\s.,;:?!]*")
_BLANKS = re.compile(" {2,}")
_LOWERED_FROM = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to say an abbreviation, and the neighbouring words that ask for it (none: the default)."""

    spoken: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Written forms and how they are said; `choices` holds those with more than one way, `rows` all ways.

    `decided` indexes the forms that people added: they come before every rule, whatever they start with.
    `version` is a short hash of the content: two lexicons that read alike have the same one.
    """

    entries: Mapping[str, str]
    choices: Mapping[str, tuple[Choice, ...]]
    version: str
    by_first: Mapping[str, tuple[str, ...]] = field(repr=False)
    decided: Mapping[str, tuple[str, ...]] = field(repr=False)
    rows: Mapping[str, tuple[Choice, ...]] = field(repr=False)

    @classmethod
    def of(cls, rows: Mapping[str, tuple[Choice, ...]], decided: frozenset[str] = frozenset()) -> Self:
        """Build a lexicon from the ways of saying each written form, the default first."""
        entries = {written: ways[0].spoken for written, ways in rows.items()}
        choices = {written: ways for written, ways in rows.items() if len(ways) > 1}
        content = repr(sorted(rows.items())) + "".join(sorted(decided))
        version = hashlib.sha256(content.encode()).hexdigest()[:12]
        return cls(
            MappingProxyType(entries),
            MappingProxyType(choices),
            version,
            _index(entries, _FIRST),
            _index(decided, _START),
            MappingProxyType(dict(rows)),
        )

    @classmethod
    def shipped(cls) -> Lexicon:
        """Give the lexicon that comes with the program."""
        return _shipped()

    def extended(self, extra: Mapping[str, str]) -> Lexicon:
        """Give a lexicon in which `extra` (written to spoken) overrides what stood here, and every rule."""
        added: dict[str, tuple[Choice, ...]] = {
            written: (Choice(sayable(said)),) for written, said in extra.items() if written.strip()
        }
        already = frozenset(written for forms in self.decided.values() for written in forms)
        return Lexicon.of({**self.rows, **_with_lower_case(added)}, already | added.keys())

    def ways(self, written: str) -> tuple[str, ...]:
        """Give every way to say a written form, the default first."""
        if written in self.choices:
            return tuple(dict.fromkeys(choice.spoken for choice in self.choices[written]))
        return (self.entries[written],) if written in self.entries else ()


def sayable(said: str) -> str:
    """Keep of an editor's words what a voice can say: letters, blanks, and pauses between them."""
    words = _UNSAYABLE.sub(" ", unicodedata.normalize("NFC", said))
    return _BLANKS.sub(" ", _PAUSES.sub(r"\1 ", words)).strip(" .,;:?!")


def _index(forms: Iterable[str], start: re.Pattern[str]) -> Mapping[str, tuple[str, ...]]:
    """Index written forms by what they start with, their first run of letters, the longest first."""
    found: dict[str, list[str]] = {}
    for written in forms:
        first = start.match(written)
        if first:
            found.setdefault(first.group(), []).append(written)
    return MappingProxyType(
        {first: tuple(sorted(alike, key=len, reverse=True)) for first, alike in found.items()}
    )


def parse(content: str) -> dict[str, tuple[Choice, ...]]:
    """Read the lines `written, spoken, near` of a lexicon file; a repeated form has several ways."""
    rows: dict[str, tuple[Choice, ...]] = {}
    for line in content.splitlines():
        if not line or line.startswith("#"):
            continue
        written, spoken, *near = line.split("\t")
        words = tuple(word.strip().lower() for word in near[0].split(",") if word.strip()) if near else ()
        rows[written] = (*rows.get(written, ()), Choice(spoken, words))
    return _with_lower_case(rows)


def _with_lower_case(rows: dict[str, tuple[Choice, ...]]) -> dict[str, tuple[Choice, ...]]:
    """Add the lower-case form of long abbreviations that cannot be Vietnamese words: `ubnd`."""
    lowered = {
        written.lower(): ways
        for written, ways in rows.items()
        if len(written) >= _LOWERED_FROM
        and written.isalpha()
        and written.isupper()
        and not is_syllable(written)
    }
    return {**lowered, **rows}


@lru_cache(maxsize=1)
def _shipped() -> Lexicon:
    """Load the shipped file once."""
    return Lexicon.of(parse(SHIPPED.read_text(encoding="utf-8")))
