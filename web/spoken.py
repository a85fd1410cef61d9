"""A text as it is said where it stands: by its unit's and programme's lexicon, with its author's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from audio import lexicon
from audio.reading import Lexicon, Reading, Span, Warning_, read
from content.bulletins import SpokenWords
from content.contracts import lpjson
from content.errors import InvalidInputError
from content.models.bulletin import Revision
from content.units import Tree
from web import forms
from web.reading_words import why

MOST_ANSWERS = 300
_PERSONAL = "personal_data"
_ANSWERABLE = frozenset({_PERSONAL, "ocr_slip"})
_NO_WORDS = frozenset({"clean", "pause", "word"})
_LONGEST_PIECE = 400


@dataclass(frozen=True)
class Answers:
    """What the author answered: `corrections` (written to spoken), and `meant`, to be said as it stands."""

    corrections: Mapping[str, str] = field(default_factory=dict)
    meant: tuple[str, ...] = ()

    @classmethod
    def of(cls, revision: Revision) -> Answers:
        """Return those that are kept with a revision."""
        return cls(dict(revision.corrections), tuple(revision.meant))

    @classmethod
    def sent(cls, form: forms.Form) -> Answers:
        """Return those of a form, checked; InvalidInputError for what cannot be said or is too much."""
        corrections = _decoded(form, "corrections", dict)
        meant = _decoded(form, "meant", list)
        if len(corrections) + len(meant) > MOST_ANSWERS:
            raise InvalidInputError("Bản tin có quá nhiều cách đọc riêng.", field="text")
        return cls(
            {lexicon.checked_form(_text(w)): lexicon.checked_words(_text(s)) for w, s in corrections.items()},
            tuple(_text(piece)[:_LONGEST_PIECE] for piece in meant),
        )

    @property
    def as_fields(self) -> dict[str, str]:
        """The two hidden fields of the form."""
        return {
            "corrections": lpjson_text(dict(self.corrections)),
            "meant": lpjson_text(list(self.meant)),
        }


@dataclass(frozen=True)
class Piece:
    """A stretch of what is said: as written when `why` is empty, else changed for that reason."""

    said: str
    written: str = ""
    start: int = 0
    end: int = 0
    why: str = ""
    correctable: bool = False

    @property
    def trailing(self) -> str:
        """The blank that follows the words."""
        return " " if self.said.endswith((" ", "\n")) else ""


@dataclass(frozen=True)
class Said:
    """A reading, the lexicon it was read by, and the author's answers on top."""

    reading: Reading
    lexicon: Lexicon
    answers: Answers

    @property
    def words(self) -> SpokenWords:
        """What a revision keeps."""
        answers = self.answers
        return SpokenWords(self.reading.spoken, self.lexicon.version, answers.corrections, answers.meant)

    @property
    def warnings(self) -> list[Warning_]:
        """What is still to be answered."""
        return [warning for warning in self.reading.warnings if not self._is_answered(warning)]

    @property
    def personal(self) -> list[str]:
        """Personal data that nobody has marked as meant."""
        return [warning.written for warning in self.warnings if warning.code == _PERSONAL]

    @cached_property
    def pieces(self) -> list[Piece]:
        """What is said, changed pieces apart."""
        return list(self._pieces())

    @property
    def changes(self) -> int:
        """How many pieces are marked."""
        return sum(bool(piece.why) for piece in self.pieces)

    def _is_answered(self, warning: Warning_) -> bool:
        return warning.code in _ANSWERABLE and warning.written in self.answers.meant

    def _pieces(self) -> Iterator[Piece]:
        text, done = self.reading.text, 0
        for span in self.reading.spans:
            if done < span.start:
                yield Piece(text[done : span.start])
            yield self._changed(span)
            done = span.end
        if done < len(text):
            yield Piece(text[done:])

    def _changed(self, span: Span) -> Piece:
        written = " ".join(span.written.strip("*_#`\n ").split())
        if not written and not span.spoken.strip():
            return Piece(span.spoken)
        rule = "corrected" if written in self.answers.corrections else span.rule
        return Piece(
            span.spoken,
            written or span.written.strip(),
            span.start,
            span.end,
            why(rule),
            correctable=span.rule not in _NO_WORDS and _is_form(written),
        )


def say(session: Session, text: str, tree: Tree, *, unit_id: int, programme: str, answers: Answers) -> Said:
    """Read a text for a unit and a programme code; an unknown unit has no lexicon of its own."""
    base = lexicon.effective(session, path_of(tree, unit_id), programme)
    return Said(read(text, lexicon.corrected(base, answers.corrections)), base, answers)


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


def lpjson_text(value: Any) -> str:
    """Return a value of texts as the JSON of a hidden field; its keys may be Vietnamese."""
    pairs = list(map(list, value.items())) if isinstance(value, dict) else value
    return lpjson.encode(pairs).decode()


def _decoded(form: forms.Form, name: str, kind: type) -> Any:
    """Return what a hidden field holds: a list, of pairs for a dict."""
    given = lpjson.decode((form.get(name) or "[]").encode())
    if kind is dict and isinstance(given, list) and all(_is_pair(pair) for pair in given):
        return dict(given)
    if kind is list and isinstance(given, list):
        return given
    raise InvalidInputError("Cách đọc riêng gửi lên không đúng dạng; hãy tải lại trang.", field="text")


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)  # noqa: PLR2004


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInputError("Cách đọc riêng gửi lên không đúng dạng; hãy tải lại trang.", field="text")
    return value


def _is_form(written: str) -> bool:
    try:
        return lexicon.checked_form(written) == written
    except InvalidInputError:
        return False
