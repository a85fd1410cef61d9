"""Stations that report take turns where the database lets only one write at a time.

SQLite's own waiting is sleeping and looking again, which with many writers wastes most of the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask.blueprints import BlueprintSetupState

from web.processes.turns import Turns

KEY = "loaphuong.writing"


def init(state: BlueprintSetupState) -> None:
    """Give the app its turns."""
    database = state.app.extensions["loaphuong"].database
    needed = database.engine.dialect.name == "sqlite"
    state.app.extensions.setdefault(KEY, Turns(needed=needed))


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn to write, and keep it for the length of the block."""
    turns: Turns = current_app.extensions[KEY]
    with turns.turn():
        yield
