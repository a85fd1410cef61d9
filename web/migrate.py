"""Running the migrations, from the command line, at the start of a process, and in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from content.errors import ConfigurationError
from web.tables import metadata

FOLDER = Path(__file__).parent / "migrations"
ROW_NUMBERS = {("column", "rowid"), ("unique_constraint", "manifest_rowid_key")}
"""What PostgreSQL has in a table of its own that no field names: SQLite numbers rows without being told."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to `revision`; of several processes that try at once, one does it."""
    with _transaction(engine, write=True) as connection:
        if revision != "head" or _at(connection) != _head():
            command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to `revision` (`base`: empty)."""
    with _transaction(engine, write=True) as connection:
        command.downgrade(_config(connection), revision)


def drift(engine: Engine) -> list[object]:
    """Return what differs between the database and the tables the code declares."""
    opts = {"include_name": lambda name, kind, _: (kind, name) not in ROW_NUMBERS}
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=opts), metadata))


def require_newest(engine: Engine) -> None:
    """Raise ConfigurationError unless the database is at the newest migration."""
    with _transaction(engine, write=False) as connection:
        if _at(connection) != _head():
            raise ConfigurationError("Cơ sở dữ liệu chưa ở bản mới nhất; hãy chạy: loaphuong db upgrade")


@contextmanager
def _transaction(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """Give a connection; ConfigurationError when the database or the revision named cannot be used."""
    try:
        with engine.execution_options(loaphuong_write=write).begin() as connection:
            yield connection
    except (DBAPIError, CommandError) as error:
        why = error.orig if isinstance(error, DBAPIError) else error
        raise ConfigurationError(
            "Không dùng được cơ sở dữ liệu {url}: {why}.", url=engine.url.render_as_string(), why=why
        ) from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def _at(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config).get_current_head()
