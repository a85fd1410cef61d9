"""A fresh database for every test (in memory, or PostgreSQL when asked for), and a session into it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from content.db import Base, Database
from content.models import audit, news, phrase
from scheduler.models import (
    airing,
    alarm,
    asrun,
    calendar,
    command,
    emergency,
    lease,
    manifest,
    order,
    pick,
    plan,
    quota,
    relay,
    rule,
    station,
    week_plan,
    window,
)
from tests import postgres

TABLES = (
    *(audit, news, phrase, airing, alarm, asrun, calendar, command, emergency, lease, manifest, order),
    *(pick, plan, quota, relay, rule, station, week_plan, window),
)


@pytest.fixture(scope="session")
def template() -> Iterator[sqlite3.Connection]:
    """Give an empty database with every table, made once and copied for each test."""
    database = Database.open("sqlite://")
    Base.metadata.create_all(database.engine)
    yield raw(database)
    database.dispose()


@pytest.fixture
def database(request: pytest.FixtureRequest, template: sqlite3.Connection) -> Iterator[Database]:
    if postgres.is_wanted(request):
        yield from postgres.lend(request)
        return
    database = Database.open("sqlite://")
    template.backup(raw(database))
    yield database
    database.dispose()


def raw(database: Database) -> sqlite3.Connection:
    """Return the one connection of a database in memory."""
    connection = database.engine.raw_connection().driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session(write=True) as session:
        yield session
