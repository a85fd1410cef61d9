"""Why something sounds or does not: the whole chain in words, computed when asked and stored nowhere."""

from __future__ import annotations

from scheduler.why.chain import why
from scheduler.why.choices import Choice, choices
from scheduler.why.steps import UNKNOWN, Link, Step, Why, Words

__all__ = ["UNKNOWN", "Choice", "Link", "Step", "Why", "Words", "choices", "why"]
