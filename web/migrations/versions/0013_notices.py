"""Notices: what people are told, to which addresses, and what became of each telling."""

import sqlalchemy as sa
from alembic import op

from content.db import BIG, UtcDateTime

revision = "0013"
down_revision = "0012"
UNSEEN = sa.text("seen_at IS NULL")
WAITING = sa.text("state = 'waiting'")
IN_HAND = sa.text("state = 'handing'")


def upgrade() -> None:
    """Make the three tables."""
    _make_contacts()
    _make_notices()
    _make_deliveries()


def downgrade() -> None:
    """Take them away."""
    for table in ("notice_delivery", "notice", "notice_contact"):
        op.drop_table(table)


def _make_contacts() -> None:
    op.create_table(
        "notice_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("below", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("way IN ('email', 'webhook')", name=op.f("ck_notice_contact_way_known")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_notice_contact_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_contact")),
    )
    op.create_index(op.f("ix_notice_contact_unit_id"), "notice_contact", ["unit_id"])


def _make_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("station", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_notice_unit_id_unit")),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_notice_station_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("about", name=op.f("uq_notice_about")),
    )
    op.create_index(op.f("ix_notice_at"), "notice", ["at"])
    op.create_index(
        "ix_notice_unseen", "notice", ["unit_id", "at"], sqlite_where=UNSEEN, postgresql_where=UNSEEN
    )


def _make_deliveries() -> None:
    op.create_table(
        "notice_delivery",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("notice_id", BIG, nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("handed_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'handing', 'sent', 'failed', 'unsure')",
            name=op.f("ck_notice_delivery_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_delivery_notice_id_notice")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["notice_contact.id"], name=op.f("fk_notice_delivery_contact_id_notice_contact")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
        sa.UniqueConstraint("notice_id", "contact_id", name=op.f("uq_notice_delivery_notice_id_contact_id")),
    )
    op.create_index(op.f("ix_notice_delivery_contact_id"), "notice_delivery", ["contact_id"])
    for name, column, where in (("due", "next_try_at", WAITING), ("in_hand", "handed_at", IN_HAND)):
        op.create_index(
            f"ix_notice_delivery_{name}",
            "notice_delivery",
            [column],
            sqlite_where=where,
            postgresql_where=where,
        )
