"""Triggers that keep rows from being altered or deleted, whoever tries: what never changes, cannot.

They belong to the tables' definition, so `create_all` makes them and a migration can ask for their SQL.
"""

from __future__ import annotations

from sqlalchemy import DDL, FromClause, Table, event

GUARDS: dict[str, str | None] = {}
"""Guarded table -> the SQL condition over OLD under which a row is frozen, None for every row."""


def append_only(table: FromClause) -> None:
    """Let rows of `table` be inserted, never updated or deleted."""
    _guard(table, None)


def frozen_when(table: FromClause, condition: str) -> None:
    """Forbid changing or deleting rows for which SQL `condition` over OLD holds."""
    _guard(table, condition)


def guard_statements(name: str, condition: str | None, dialect: str) -> list[str]:
    """Return the SQL that guards table `name` on `sqlite` or `postgresql`."""
    if dialect == "sqlite":
        return [_sqlite(name, verb, condition) for verb in ("UPDATE", "DELETE")]
    return _postgresql(name, condition)


def drop_statements(name: str, dialect: str) -> list[str]:
    """Return the SQL that takes the guard of table `name` away."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER guard_{name}_{verb}" for verb in ("update", "delete")]
    return [f'DROP TRIGGER guard_{name} ON "{name}"', f"DROP FUNCTION guard_{name}()"]


def _guard(table: FromClause, condition: str | None) -> None:
    if not isinstance(table, Table):
        raise TypeError("only a table can be guarded")
    GUARDS[table.name] = condition
    for dialect in ("sqlite", "postgresql"):
        for statement in guard_statements(table.name, condition, dialect):
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def _sqlite(name: str, verb: str, condition: str | None) -> str:
    when = f" WHEN {condition}" if condition else ""
    return (
        f'CREATE TRIGGER guard_{name}_{verb.lower()} BEFORE {verb} ON "{name}"{when} '
        f"BEGIN SELECT RAISE(ABORT, 'rows of {name} are never altered'); END"
    )


def _postgresql(name: str, condition: str | None) -> list[str]:
    when = f" WHEN ({condition})" if condition else ""
    return [
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION 'rows of {name} are never altered'; END $$",
        f'CREATE TRIGGER guard_{name} BEFORE UPDATE OR DELETE ON "{name}" '
        f"FOR EACH ROW{when} EXECUTE FUNCTION guard_{name}()",
    ]
