"""A refusal as the planning pages show it: beside which field, and the way to an exception."""

from __future__ import annotations

from typing import Any

from content.errors import InvalidInputError
from web.errors import message_of, rule_of


def told(error: InvalidInputError, field: str) -> dict[str, Any]:
    """Return the words of a refusal and the field it stands beside.

    Where a rule was broken `rule` is its number, `day` the first day of it, `last` the day up to which an
    exception would have to reach, `until` the day up to which one that was approved does reach.
    """
    facts = error.facts
    days = {name: facts.get(name) for name in ("day", "last", "until")}
    return {"field": field, "message": message_of(error), "rule": rule_of(error), **days}
