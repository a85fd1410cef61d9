"""The recordings that people gave: whose, when, of what kind."""

import sqlalchemy as sa
from alembic import op

from content.db import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("loudness_mlu", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("name_shown", sa.String(), nullable=False),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_recording_bytes_positive")),
        sa.CheckConstraint("duration_ms > 0", name=op.f("ck_recording_duration_positive")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["user.id"], name=op.f("fk_recording_uploaded_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("sha256", "uploaded_by", name=op.f("uq_recording_sha256_uploaded_by")),
    )
    op.create_index(op.f("ix_recording_uploaded_by"), "recording", ["uploaded_by"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("ix_recording_uploaded_by"), table_name="recording")
    op.drop_table("recording")
