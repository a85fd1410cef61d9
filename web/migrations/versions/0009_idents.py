"""An opening or closing takes over when it is approved, so two may stand for the same place meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
STANDING = sa.text("retired_at IS NULL")
ONE_OF_A_PROGRAMME = sa.text("retired_at IS NULL AND programme_id IS NOT NULL")
ONE_OF_ALL = sa.text("retired_at IS NULL AND programme_id IS NULL")
OLDER = (
    "UPDATE asset SET retired_at = created_at WHERE retired_at IS NULL AND EXISTS (SELECT 1 FROM asset newer"
    " WHERE newer.retired_at IS NULL AND newer.id > asset.id AND newer.unit_id = asset.unit_id"
    " AND newer.role = asset.role AND COALESCE(newer.programme_id, 0) = COALESCE(asset.programme_id, 0))"
)


def upgrade() -> None:
    """Put one index that only finds in the place of the two that forbade."""
    op.drop_index("ix_asset_standing", table_name="asset")
    op.drop_index("ix_asset_standing_for_all", table_name="asset")
    op.create_index(
        "ix_asset_standing",
        "asset",
        ["unit_id", "role"],
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    """Retire all but the newest of a place, as it was done before, and forbid again."""
    op.execute(OLDER)
    op.drop_index("ix_asset_standing", table_name="asset")
    _forbid("ix_asset_standing", ["unit_id", "role", "programme_id"], ONE_OF_A_PROGRAMME)
    _forbid("ix_asset_standing_for_all", ["unit_id", "role"], ONE_OF_ALL)


def _forbid(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "asset", columns, unique=True, sqlite_where=where, postgresql_where=where)
