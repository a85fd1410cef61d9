"""How a wording is to sound, what is known of a clip, and the spoken openings and closings."""

import json

import sqlalchemy as sa
from alembic import op

from content.db import UtcDateTime

revision = "0004"
down_revision = "0003"
CHECKED = {
    "bulletin": "kind VARCHAR DEFAULT 'bulletin' NOT NULL CONSTRAINT ck_bulletin_kind_known"
    " CHECK (kind IN ('bulletin', 'ident'))",
    "revision": "repeat INTEGER DEFAULT 1 NOT NULL CONSTRAINT ck_revision_repeat_known"
    " CHECK (repeat BETWEEN 1 AND 3)",
}
"""SQLite can give an old table a new constraint only together with its column."""
ADDED = {
    "revision": ("voice", "internal", "recording_sha256"),
    "clip": ("wanted_voice", "peak_mdb", "timing", "peaks"),
    "render_job": ("sentence_cached", "renewal", "fallback"),
}
STANDING = {
    "ix_asset_standing": (
        ["unit_id", "role", "programme_id"],
        "retired_at IS NULL AND programme_id IS NOT NULL",
    ),
    "ix_asset_standing_for_all": (["unit_id", "role"], "retired_at IS NULL AND programme_id IS NULL"),
}


def upgrade() -> None:
    """Add the columns and the table; the wanted voice is read from the stored recipes."""
    for table, column in CHECKED.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.add_column("revision", sa.Column("voice", sa.String(), nullable=True))
    op.add_column("revision", sa.Column("internal", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("revision", sa.Column("recording_sha256", sa.String(), nullable=True))
    op.add_column("clip", sa.Column("wanted_voice", sa.String(), nullable=True))
    op.add_column("clip", sa.Column("peak_mdb", sa.Integer(), nullable=True))
    op.add_column("clip", sa.Column("timing", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("clip", sa.Column("peaks", sa.JSON(), server_default="[]", nullable=False))
    op.add_column(
        "render_job", sa.Column("sentence_cached", sa.Integer(), server_default="0", nullable=False)
    )
    for name in ("renewal", "fallback"):
        op.add_column("render_job", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    _make_asset()
    _name_wanted_voices()


def _make_asset() -> None:
    op.create_table(
        "asset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("role IN ('opening', 'closing')", name=op.f("ck_asset_role_known")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_asset_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_asset_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_asset_bulletin_id_bulletin")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_asset_created_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
    )
    op.create_index(op.f("ix_asset_bulletin_id"), "asset", ["bulletin_id"])
    for name, (columns, where) in STANDING.items():
        standing = sa.text(where)
        op.create_index(name, "asset", columns, unique=True, sqlite_where=standing, postgresql_where=standing)


def _name_wanted_voices() -> None:
    clip = sa.table("clip", *map(sa.column, ("sha256", "recipe", "voice", "wanted_voice")))
    job = sa.table("render_job", *map(sa.column, ("recipe", "clip_sha256", "fallback")))
    connection = op.get_bind()
    for sha256, recipe, voice in connection.execute(
        sa.select(clip.c.sha256, clip.c.recipe, clip.c.voice)
    ).all():
        wanted = next(iter(json.loads(recipe)["voices"]), None)
        connection.execute(sa.update(clip).where(clip.c.sha256 == sha256).values(wanted_voice=wanted))
        fallback = sa.update(job).where(job.c.clip_sha256 == sha256, job.c.recipe == recipe)
        connection.execute(fallback.values(fallback=wanted != voice))


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("asset")
    for table, columns in ADDED.items():
        for column in reversed(columns):
            op.drop_column(table, column)
    op.drop_column("revision", "repeat")
    op.drop_column("bulletin", "kind")
