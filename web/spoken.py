"""A text as it is said where it stands: by its unit's and programme's lexicon, with its author's answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from audio import lexicon
from audio.reading import Lexicon, Reading, Warning_, places, read
from audio.reading.places import Place
from content.bulletins import SpokenWords
from content.models.bulletin import Revision
from content.text import sha256_of
from content.units import Tree
from web.answers import Answers, kept_places
from web.pieces import Piece, cut

_PERSONAL = "personal_data"
_ANSWERABLE = frozenset({_PERSONAL, "ocr_slip"})
_KEY_LENGTH = 12


@dataclass(frozen=True)
class Question:
    """A warning to answer: its `key` stays the same while the text around it changes."""

    key: str
    written: str
    warning: Warning_
    correctable: bool


@dataclass(frozen=True)
class Said:
    """A reading, the lexicon it was read by, and the author's answers on top."""

    reading: Reading
    lexicon: Lexicon
    answers: Answers

    @property
    def words(self) -> SpokenWords:
        """What a revision keeps."""
        answers, found = self.answers, kept_places(self.found)
        return SpokenWords(
            self.reading.spoken, self.lexicon.version, answers.corrections, answers.meant, found
        )

    @cached_property
    def _places(self) -> list[Place]:
        return list(places.places(self.reading))

    @property
    def found(self) -> dict[Place, str]:
        """The single places that are said otherwise."""
        there = set(self._places)
        return {place: words for place, words in self.answers.places.items() if place in there}

    @property
    def lost(self) -> dict[Place, str]:
        """Those that the text does not hold any more: they are said by the rules again."""
        found = self.found
        return {place: words for place, words in self.answers.places.items() if place not in found}

    def times(self, written: str) -> int:
        """How many pieces are said by the correction of a form."""
        return sum(piece.written == written and not piece.is_placed for piece in self.pieces)

    @property
    def warnings(self) -> list[Warning_]:
        """What is still to be answered."""
        return [warning for warning in self.reading.warnings if not self._is_answered(warning)]

    @property
    def personal(self) -> list[str]:
        """Personal data that nobody has marked as meant."""
        return [warning.written for warning in self.warnings if warning.code == _PERSONAL]

    @property
    def questions(self) -> list[Question]:
        """What is still to be answered, each known by what is written and which of its kind it is."""
        starts = {piece.start for piece in self.pieces if piece.correctable}
        seen = Counter[tuple[str, str]]()
        found = []
        for warning in self.warnings:
            written = places.form_of(warning.written)
            seen[warning.code, written] += 1
            key = f"{warning.code}-{sha256_of(written)[:_KEY_LENGTH]}-{seen[warning.code, written]}"
            found.append(Question(key, written, warning, warning.start in starts))
        return found

    @cached_property
    def pieces(self) -> list[Piece]:
        """What is said, changed pieces apart."""
        return list(cut(self.reading, self._places, self.answers.corrections))

    @property
    def changes(self) -> int:
        """How many pieces are said otherwise than written, pauses apart."""
        return sum(bool(piece.why) and not piece.is_quiet for piece in self.pieces)

    def _is_answered(self, warning: Warning_) -> bool:
        return warning.code in _ANSWERABLE and warning.written in self.answers.meant


def say(session: Session, text: str, tree: Tree, *, unit_id: int, programme: str, answers: Answers) -> Said:
    """Read a text for a unit and a programme code; an unknown unit has no lexicon of its own."""
    base = lexicon.effective(session, path_of(tree, unit_id), programme)
    reading = read(text, lexicon.corrected(base, answers.corrections))
    return Said(places.amended(reading, answers.places), base, answers)


def say_again(session: Session, revision: Revision, tree: Tree) -> Said:
    """Read a revision with the lexicon as it is now; what is kept with the revision stays as it was."""
    return say(
        session,
        revision.text,
        tree,
        unit_id=revision.bulletin.unit_id,
        programme=revision.programme.code,
        answers=Answers.of(revision),
    )


def path_of(tree: Tree, unit_id: int) -> list[int]:
    """Return the ids from the root down to a unit, none for a unit that is not there."""
    return tree.path(unit_id)[::-1] if unit_id in tree.units else []
