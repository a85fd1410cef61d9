"""The bell: manifests are found by when they were issued."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_manifest_issued_at"), "manifest", ["issued_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index(op.f("ix_manifest_issued_at"), table_name="manifest")
