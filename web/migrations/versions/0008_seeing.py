"""Indexes for looking: what sounds now, what was heard last; airings are found by station, not by unit."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
SOUNDING = sa.text("state = 'on_air'")
STARTED = sa.text("started_at IS NOT NULL")


def upgrade() -> None:
    """Make two small ones, which cost nothing when rows are planned; drop one that served no question."""
    op.create_index(
        "ix_airing_on_air", "airing", ["station"], sqlite_where=SOUNDING, postgresql_where=SOUNDING
    )
    op.create_index(
        "ix_airing_started", "airing", ["started_at"], sqlite_where=STARTED, postgresql_where=STARTED
    )
    op.drop_index(op.f("ix_airing_unit_id"), table_name="airing")


def downgrade() -> None:
    """Take them away and make the other again."""
    op.create_index(op.f("ix_airing_unit_id"), "airing", ["unit_id"], unique=False)
    op.drop_index("ix_airing_started", table_name="airing")
    op.drop_index("ix_airing_on_air", table_name="airing")
