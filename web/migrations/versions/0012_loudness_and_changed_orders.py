"""How loud an airing may be, decided when it is planned; when an order was changed last."""

import sqlalchemy as sa
from alembic import op

from content.db import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add both: nothing that was planned before is made softer, no order was changed."""
    op.add_column("airing", sa.Column("gain_mdb", sa.Integer(), server_default="0", nullable=False))
    op.add_column("broadcast_order", sa.Column("changed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take both away."""
    op.drop_column("broadcast_order", "changed_at")
    op.drop_column("airing", "gain_mdb")
