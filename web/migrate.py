"""Running the migrations, from the command line, at the start of a process, and in tests."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from content.errors import ConfigurationError
from web.tables import metadata

FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to `revision`; of several processes that try at once, one does it."""
    with engine.execution_options(loaphuong_write=True).begin() as connection:
        if revision != "head" or _at(connection) != _head():
            command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to `revision` (`base`: empty)."""
    with engine.execution_options(loaphuong_write=True).begin() as connection:
        command.downgrade(_config(connection), revision)


def drift(engine: Engine) -> list[object]:
    """Return what differs between the database and the tables the code declares."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def require_newest(engine: Engine) -> None:
    """Raise ConfigurationError unless the database is at the newest migration."""
    with engine.connect() as connection:
        if _at(connection) != _head():
            raise ConfigurationError("Cơ sở dữ liệu chưa ở bản mới nhất; hãy chạy: loaphuong db upgrade")


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
