"""What a change of the lexicon would do: a sentence read both ways, approved bulletins that would differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy.orm import Session

from audio import lexicon
from audio.lexicon import Preview, Proposal
from audio.models import EVERYWHERE, programme_scope, unit_scope
from audio.reading import sentences
from audio.reading.cleaning import clean
from audio.reading.places import amended
from content import bulletins
from content.models.bulletin import Approval
from content.units import Tree
from web.answers import Answers
from web.spoken import path_of

Words = list[tuple[str, bool]]
"""Words as they are said, each stretch with whether it differs."""


@dataclass(frozen=True)
class Difference:
    """One stretch of sentences, as it is said now and as it would be."""

    before: Words
    after: Words


@dataclass(frozen=True)
class Effect:
    """An approved bulletin that would be read differently if it were written today."""

    approval: Approval
    differences: list[Difference]


def effects(session: Session, proposal: Proposal, tree: Tree, today: date) -> list[Effect]:
    """Return the approved bulletins, still valid, whose words a proposal would change, newest first."""
    found = []
    for approval in bulletins.approved_now(session, _units_of(proposal, tree), today):
        preview = _preview(session, approval, proposal, tree)
        if preview is not None and preview.differs:
            found.append(Effect(approval, list(differences(preview))))
    return found


def differences(preview: Preview) -> Iterator[Difference]:
    """Give the stretches of sentences that differ."""
    before, after = sentences(preview.before.spoken), sentences(preview.after.spoken)
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield compared(" ".join(before[i:j]), " ".join(after[k:m]))


def compared(before: str, after: str) -> Difference:
    """Compare two stretches word by word."""
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    difference = Difference([], [])
    for tag, i, j, k, m in matcher.get_opcodes():
        for words, side in ((old[i:j], difference.before), (new[k:m], difference.after)):
            if words:
                side.append((" ".join(words), tag != "equal"))
    return difference


def _units_of(proposal: Proposal, tree: Tree) -> list[int]:
    """Return the units whose bulletins lie in the proposal's scope."""
    if not proposal.scope.startswith(unit_scope(0)[:-1]):
        return list(tree.units)
    return [at for at in tree.units if proposal.scope in map(unit_scope, tree.path(at))]


def _preview(session: Session, approval: Approval, proposal: Proposal, tree: Tree) -> Preview | None:
    """Read a bulletin both ways, unless it lies in another programme or does not hold the form."""
    revision = approval.revision
    code = revision.programme.code
    if proposal.scope not in {EVERYWHERE, programme_scope(code)} and proposal.scope.startswith("programme:"):
        return None
    if proposal.written.casefold() not in clean(revision.text).text.casefold():
        return None
    answers = Answers.of(revision)
    both = lexicon.preview(
        session,
        revision.text,
        proposal,
        unit_ids=path_of(tree, revision.bulletin.unit_id),
        programme=code,
        corrections=answers.corrections,
    )
    return Preview(amended(both.before, answers.places), amended(both.after, answers.places))
