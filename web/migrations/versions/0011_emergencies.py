"""Emergencies: phrases, calls, who may call, and manifests that carry a call in a hurry."""

import sqlalchemy as sa
from alembic import op

from content.db import UtcDateTime

revision = "0011"
down_revision = "0010"
ROLES = ("office", "approver", "operator", "editor", "admin")
KNOWN = "ck_grant_role_known"
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add the tables, the column and the role."""
    _let_roles((*ROLES, "emergency"))
    op.add_column("manifest", sa.Column("spliced", sa.Boolean(), server_default=sa.false(), nullable=False))
    _make_phrase()
    _make_emergency()


def downgrade() -> None:
    """Take them away; whoever was granted just the calling of emergencies loses it."""
    op.drop_index("ix_emergency_open", table_name="emergency")
    op.drop_table("emergency")
    op.drop_index(op.f("ix_phrase_unit_id"), table_name="phrase")
    op.drop_table("phrase")
    op.drop_column("manifest", "spliced")
    op.execute("DELETE FROM \"grant\" WHERE role = 'emergency'")
    _let_roles(ROLES)


def _let_roles(roles: tuple[str, ...]) -> None:
    """Let grants be of these roles; SQLite takes another check only with another table."""
    told = "role IN (" + ", ".join(f"'{role}'" for role in roles) + ")"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(KNOWN), "grant", type_="check")
        op.create_check_constraint(op.f(KNOWN), "grant", told)
        return
    op.execute('CREATE TABLE grant_kept AS SELECT * FROM "grant"')
    op.drop_index(op.f("ix_grant_user_id"), table_name="grant")
    op.drop_table("grant")
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(told, name=op.f(KNOWN)),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_grant_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("user_id", "role", "unit_id", name=op.f("uq_grant_user_id_role_unit_id")),
    )
    op.execute(
        'INSERT INTO "grant" (id, user_id, role, unit_id) SELECT id, user_id, role, unit_id FROM grant_kept'
    )
    op.drop_table("grant_kept")
    op.create_index(op.f("ix_grant_user_id"), "grant", ["user_id"])


def _make_phrase() -> None:
    op.create_table(
        "phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("use IN ('call', 'all_clear')", name=op.f("ck_phrase_use_known")),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_phrase_bulletin_id")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_phrase_created_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_phrase_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
        sa.UniqueConstraint("bulletin_id", name=op.f("uq_phrase_bulletin_id")),
    )
    op.create_index(op.f("ix_phrase_unit_id"), "phrase", ["unit_id"])


def _make_emergency() -> None:
    people = ("requested_by", "started_by", "countersigned_by", "ended_by")
    orders = ("order_id", "clear_order_id")
    refers = {
        "bulletin_id": "bulletin.id",
        "phrase_id": "phrase.id",
        **dict.fromkeys(people, "user.id"),
        **dict.fromkeys(orders, "broadcast_order.id"),
    }
    op.create_table(
        "emergency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("phrase_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("stations", sa.JSON(), nullable=False),
        sa.Column("repeat_minutes", sa.Integer(), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("countersign_by", UtcDateTime(), nullable=True),
        sa.Column("countersigned_by", sa.Integer(), nullable=True),
        sa.Column("countersigned_at", UtcDateTime(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("clear_order_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(started_at IS NULL) = (order_id IS NULL)", name=op.f("ck_emergency_order_since_start")
        ),
        *(
            sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_emergency_{name}"))
            for name, to in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_emergency_{name}"))
            for name in ("token", "order_id", "clear_order_id")
        ),
    )
    op.create_index("ix_emergency_open", "emergency", ["ended_at"], sqlite_where=OPEN, postgresql_where=OPEN)
