"""Every state that a badge may show has its word."""

from __future__ import annotations

import pytest

from content.contracts.airings import State
from scheduler.stations import Connection
from web.state_words import WORDS, state_words


@pytest.mark.parametrize("state", [*State, *(one for one in Connection if one is not Connection.NEVER)])
def test_each_state_has_its_word(state: str) -> None:
    assert state_words(state) == WORDS[str(state)]


def test_what_has_none_is_shown_as_it_is() -> None:
    assert state_words("la-lam") == "la-lam"
