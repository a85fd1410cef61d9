"""The walk through a working text: plain words are skipped, all else is offered to the rules in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from audio.reading import pauses, slips
from audio.reading.alphabet import LOWER_LETTERS, L
from audio.reading.headings import Headings
from audio.reading.model import DIGIT, LETTER, LOWER, SYMBOL, UPPER, Note
from audio.reading.rules import RULES

if TYPE_CHECKING:
    from audio.reading.lexicon import Lexicon
    from audio.reading.model import Claim, Rule

_LOOK = 48
_WORD = re.compile(f"{L}+")
_NEXT = re.compile(rf"{L}|[0-9]|[^\s.,;:?!\"'“”‘’«»)\]}}{{]")
_BOUND = frozenset(".@:/-_&+0123456789")
_PICTURES = "\u231a-\u23ff\u2600-\u27bf\u2b1b-\u2b55\U0001f000-\U0001fbff"
_SCRIPTS = re.compile(rf"(?:(?!{L})[^\W\d_])+|[{_PICTURES}]+")


def _rules_for(kind: str) -> tuple[Rule, ...]:
    """Give the rules that may start with a kind of character, in the stated order."""
    return tuple(rule for rule in RULES if kind in rule.starts)


_LETTER_KINDS = dict.fromkeys(LOWER_LETTERS, LOWER) | {letter.upper(): UPPER for letter in LOWER_LETTERS}
_BY_KIND = {kind: _rules_for(kind) for kind in (DIGIT, UPPER, LOWER, SYMBOL)}
_AFTER_DIGITS = re.compile(r"\d*(?P<behind>.?)", re.DOTALL)


@lru_cache(maxsize=512)
def _rules_at(sign: str) -> tuple[Rule, ...]:
    """Give the rules that may start with a sign."""
    return tuple(rule for rule in _BY_KIND[SYMBOL] if not rule.signs or sign in rule.signs)


@lru_cache(maxsize=512)
def _rules_before(behind: str) -> tuple[Rule, ...]:
    """Give the rules that may start with digits before a character."""
    kind = LETTER if behind in _LETTER_KINDS else " " if behind.isspace() else behind
    return tuple(rule for rule in _BY_KIND[DIGIT] if not rule.behind or (kind and kind in rule.behind))


@dataclass(slots=True)
class Piece:
    """A changed piece of the working text; `said` is joined by blanks."""

    start: int
    end: int
    said: list[str]
    rule: str

    @property
    def spoken(self) -> str:
        """Give the words for the piece."""
        return " ".join(self.said)


@dataclass(slots=True)
class Walk:
    """One walk: what has been changed and noticed so far. Rules see it as their `Scan`."""

    text: str
    lexicon: Lexicon
    pieces: list[Piece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    headings: Headings = field(default_factory=Headings)
    last: tuple[int, int] = (0, 0)
    pause: str = ""

    def before(self, position: int) -> str:
        """Give the last words before a place, in lower case, led by a blank."""
        return " " + self.text[max(0, position - _LOOK) : position].lower().rstrip(' :(\n"“')

    def after(self, position: int) -> str:
        """Give the next few characters after a place, in lower case."""
        return self.text[position : position + _LOOK].lower()

    def in_heading(self, position: int) -> bool:
        """Tell whether a place lies in a stretch of capitals that are words."""
        return self.headings.covers(self.text, position)

    def run(self) -> None:
        """Walk to the end of the text."""
        self.notes += slips.known(self.text)
        position = 0
        while match := _NEXT.search(self.text, position):
            position = self._step(match.start())
        self._close()

    def _step(self, start: int) -> int:
        """Deal with what starts at a place; give the place to go on from."""
        character = self.text[start]
        if character in _LETTER_KINDS:
            word = _WORD.match(self.text, start)
            end = word.end() if word else start + 1
            if self._is_plain(start, end):
                self._plain(start, end)
                return end
            return self._offer(_BY_KIND[_LETTER_KINDS[character]], start) or self._plain(start, end)
        if character.isascii() and character.isdigit():
            digits = _AFTER_DIGITS.match(self.text, start)
            return self._offer(_rules_before(digits["behind"] if digits else ""), start) or start + 1
        return self._offer(_rules_at(character), start) or start + 1

    def _is_plain(self, start: int, end: int) -> bool:
        """Tell whether a word needs no rule: common case, not in the lexicon, nothing grown to it."""
        word = self.text[start:end]
        if end - start == 1 or word in self.lexicon.by_first or self.text[end : end + 1] in _BOUND:
            return False
        return word.islower() or word[1:].islower()

    def _offer(self, rules: tuple[Rule, ...], start: int) -> int:
        """Offer a place to some rules; give the end of what was claimed, or 0."""
        for rule in rules:
            claim = rule.match(self, start)
            if claim is not None:
                self._take(start, claim, rule.name)
                return claim.end
        return 0

    def _take(self, start: int, claim: Claim, rule: str) -> None:
        """Record a claim and the pause before it."""
        self.notes += claim.notes
        if not claim.spoken:
            return
        spoken = claim.spoken.replace("\n", " ")
        if self._gap(start):
            start = self._grow(claim.end, spoken, rule)
        elif spoken != self.text[start : claim.end]:
            self.pieces.append(Piece(start, claim.end, [spoken], rule))
        self.last = (start, claim.end)
        self.pause = claim.after

    def _grow(self, end: int, spoken: str, rule: str) -> int:
        """Say words that follow others without a blank: in the same piece, or in their own led by a blank."""
        if self.pieces and self.pieces[-1].end == self.last[1]:
            piece = self.pieces[-1]
            piece.end = end
            piece.said.append(spoken)
            return piece.start
        self.pieces.append(Piece(self.last[1], end, ["", spoken], rule))
        return self.last[1]

    def _part(self, start: int) -> None:
        """Part a word from what it follows without a blank, by a blank in the piece before it."""
        if not (self.pieces and self.pieces[-1].end == start):
            self.pieces.append(Piece(*self.last, [self.text[slice(*self.last)]], "word"))
        self.pieces[-1].said.append("")

    def _plain(self, start: int, end: int) -> int:
        """Pass over a word that stays as it is; give its end."""
        if self._gap(start):
            self._part(start)
        self.last = (start, end)
        self.pause = ""
        if slips.is_slip(self.text[start:end]):
            self.notes.append(Note("ocr_slip", start, end))
        return end

    def _gap(self, start: int) -> bool:
        """Settle what stands between the last word and the next; tell whether nothing does."""
        end = self.last[1]
        if not end:
            self._scripts(0, start)
            self._change(0, start, "")
            return False
        if start == end:
            return True
        gap = self.text[end:start]
        if gap == " " and not self.pause:
            return False
        self._scripts(end, start)
        if self.pause and not pauses.is_strong(gap):
            self._change(end, start, self.pause + " ")
        elif gap not in pauses.CANONICAL:
            self._change(end, start, pauses.between(self.text, end, start))
        return False

    def _close(self) -> None:
        """Settle what follows the last word."""
        end = self.last[1]
        self._scripts(end, len(self.text))
        self._change(end, len(self.text), pauses.closing(self.text[end:]) if end else "")

    def _change(self, start: int, end: int, said: str) -> None:
        """Record what becomes of the signs between words."""
        if self.text[start:end] != said:
            self.pieces.append(Piece(start, end, [said], "pause"))

    def _scripts(self, start: int, end: int) -> None:
        """Note letters of other scripts and pictures, which no Vietnamese voice can say."""
        for match in _SCRIPTS.finditer(self.text, start, end):
            self.notes.append(Note("other_script", match.start(), match.end()))
