"""Manifests are numbered as they come, as SQLite does of its own accord: the bell reads what is new by it."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Give a number to each row that is there, in no order that matters, and to all that follow."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE manifest ADD COLUMN rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE")


def downgrade() -> None:
    """Take the numbers away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE manifest DROP COLUMN rowid")
