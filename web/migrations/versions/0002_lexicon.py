"""The lexicon's rows, and the corrections of a single wording."""

import sqlalchemy as sa
from alembic import op

from content.db import BIG, UtcDateTime
from content.models.guards import drop_statements, guard_statements

revision = "0002"
down_revision = "0001"
GUARDED = {"lexicon_entry": "OLD.ended_at IS NOT NULL"}
ANSWERS = {"corrections": "{}", "meant": "[]"}


def upgrade() -> None:
    """Add the table with its guard, and the two columns."""
    op.create_table(
        "lexicon_entry",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("spoken", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexicon_entry")),
    )
    op.create_index(
        "ix_lexicon_entry_standing",
        "lexicon_entry",
        ["written", "scope"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for name, empty in ANSWERS.items():
        op.add_column("revision", sa.Column(name, sa.JSON(), server_default=empty, nullable=False))
    for table, condition in GUARDED.items():
        for statement in guard_statements(table, condition, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    for table in GUARDED:
        for statement in drop_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
    for name in reversed(ANSWERS):
        op.drop_column("revision", name)
    op.drop_index(
        "ix_lexicon_entry_standing",
        table_name="lexicon_entry",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("lexicon_entry")
