"""An order of a relay may name a bulletin that sounds when the source is silent."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column: no order named one before."""
    op.add_column("broadcast_order", sa.Column("stand_in_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("broadcast_order", "stand_in_id")
