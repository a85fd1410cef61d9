"""The single places of a wording that its author has read otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("revision", sa.Column("places", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("revision", "places")
