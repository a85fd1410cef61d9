"""Signs of life, and an index of what is to start."""

import sqlalchemy as sa
from alembic import op

from content.db import UtcDateTime

revision = "0007"
down_revision = "0006"
TO_START = sa.text("state = 'released' AND recalled_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "pulse",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pulse")),
    )
    op.create_index(
        "ix_airing_to_start", "airing", ["starts_at"], sqlite_where=TO_START, postgresql_where=TO_START
    )


def downgrade() -> None:
    op.drop_index("ix_airing_to_start", "airing")
    op.drop_table("pulse")
