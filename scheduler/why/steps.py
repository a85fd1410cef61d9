"""What a why is made of: steps in words, each with what to do where it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from content.text import msgid

UNKNOWN = "unknown"
RULE = "rule"


class Words(str):
    """A fact that is words of ours: a page translates it like the sentence it stands in."""

    __slots__ = ()


class Link(NamedTuple):
    """What a step speaks of: kind (`bulletin`, `order`, `airing`, `station`…) and its id."""

    kind: str
    id: int | str


@dataclass(frozen=True)
class Step:
    """One link of the chain.  `ok` None: it has not come to that yet, or decides nothing.

    `template` and `todo` are Vietnamese sentences over `facts`; `n` is the hearing of the day it is
    about, None when about all.
    """

    code: str
    ok: bool | None
    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    todo: str | None = None
    link: Link | None = None
    n: int | None = None

    @property
    def said(self) -> str:
        """The sentence."""
        return self.template.format(**self.facts)

    @property
    def advice(self) -> str | None:
        """What to do now, None when there is nothing to do."""
        return self.todo.format(**self.facts) if self.todo else None


@dataclass(frozen=True)
class Why:
    """The whole chain of one airing or absence; `verdict` is the step that decided."""

    steps: tuple[Step, ...]
    verdict: Step

    @property
    def is_known(self) -> bool:
        """Whether the chain explains what happened."""
        return self.verdict.code != UNKNOWN


def concluded(steps: Sequence[Step], outcome: Step | None = None) -> Why:
    """Return the chain with its verdict: the outcome, else what fails first, else what is waited for.

    A rule that the day breaks decides only where nothing else does: what is planned may stand.
    """
    failing = sorted((step for step in steps if step.ok is False), key=lambda step: step.code == RULE)
    verdict = outcome or next(iter(failing), None)
    verdict = verdict or next((step for step in reversed(steps) if step.ok is None), None)
    return Why(tuple(steps), verdict or Step(UNKNOWN, None, msgid("Không rõ vì sao.")))
