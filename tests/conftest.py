"""What tests of every room share: an empty database, and a session that writes into it.

The database is SQLite in memory; a test marked `tests.postgres.BOTH` runs on PostgreSQL too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog
from sqlalchemy.orm import Session

from content.db import Database
from tests import postgres
from web.tables import metadata


def pytest_configure(config: pytest.Config) -> None:
    """Declare our marker, and let no test fail for being slow."""
    config.addinivalue_line("markers", "both_databases: once on SQLite and once on PostgreSQL")
    # How long an example takes says something of the machine, not of what is tested.
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked once on each kind of database."""
    if metafunc.definition.get_closest_marker(postgres.BOTH.name):
        for name in {"database", "shared"} & set(metafunc.fixturenames):
            metafunc.parametrize(name, postgres.KINDS, indirect=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run where groups are passed over: each process would start all servers for itself."""
    grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
    if getattr(session.config.option, "loadgroup", False) and any("@" not in one.nodeid for one in grouped):
        raise pytest.UsageError("pytest-xdist does not keep `xdist_group` together with this pytest")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Take back what a command told the logging: its lines would go where that test's output went."""
    root, server = logging.getLogger(), logging.getLogger("waitress")
    handlers, level, filters = list(root.handlers), root.level, list(server.filters)
    yield
    for added in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(added)
    root.setLevel(level)
    server.filters = filters
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    """Give a PostgreSQL server of this test process, started when the first test asks for it."""
    with postgres.serving() as server:
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give an empty database with every table."""
    if postgres.is_wanted(request):
        yield from postgres.lend(request)
        return
    made = Database.open("sqlite://")
    metadata.create_all(made.engine)
    yield made
    made.dispose()


@pytest.fixture
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an empty database with every table, that several threads write to at once."""
    if postgres.is_wanted(request):
        yield from postgres.lend(request)
        return
    made = Database.open(f"sqlite:///{tmp_path / 'shared.db'}")
    metadata.create_all(made.engine.execution_options(loaphuong_write=True))
    yield made
    made.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Give a session in one transaction that commits at the end of the test."""
    with database.writing() as opened:
        yield opened
