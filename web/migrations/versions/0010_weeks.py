"""Weeks: what an approver approved of a unit's week, airing by airing."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table of approved lines."""
    op.create_table(
        "week_plan_line",
        sa.Column("airing", sa.String(length=32), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["week_plan.id"], name=op.f("fk_week_plan_line_plan_id_week_plan")
        ),
        sa.PrimaryKeyConstraint("airing", "plan_id", name=op.f("pk_week_plan_line")),
    )
    op.create_index(op.f("ix_week_plan_line_plan_id"), "week_plan_line", ["plan_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("week_plan_line")
