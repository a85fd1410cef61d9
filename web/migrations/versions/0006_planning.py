"""The planner's tables: calendars, rules and exceptions, quotas, picks, relays, weeks, what found no room."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from content.db import UtcDateTime

revision = "0006"
down_revision = "0005"
MADE = (
    *("unplaced", "rule_exception", "station_plan", "plan_cursor", "quota", "pick", "calendar_day"),
    *("calendar", "week_plan", "rule"),
)
RULE_KINDS = (
    "kind IN ('sessions_per_day', 'minutes_per_session', 'minutes_per_day', 'weekdays', 'quiet',"
    " 'sensitive', 'never_together', 'level_cap')"
)
ONE_MATTER = "(bulletin_id IS NULL) <> (source_id IS NULL)"
RELAY_LASTS = "(source_id IS NULL) = (duration_ms IS NULL)"
DAY_LISTS = {"unit": ("tags",), "broadcast_window": ("exdates", "rdates", "calendars")}
ORDER_COLUMNS = (
    *("id", "bulletin_id", "level", "first_day", "last_day", "weekdays", "times_per_day", "fixed_times"),
    *("created_by", "created_at", "cancelled_at", "cancel_reason"),
)


def upgrade() -> None:
    """Make the tables and columns; an order may be a relay, so its bulletin may be missing."""
    _make_sources()
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_orders(_make_newer_orders)
    else:
        _widen_orders()
    _make_calendars()
    _make_rules()
    _make_choices()
    _make_memory()
    for table, columns in DAY_LISTS.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.JSON(), server_default="[]", nullable=False))
    op.add_column("unit", sa.Column("week_approval", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("broadcast_window", sa.Column("lunar", sa.String(), nullable=True))
    op.add_column("broadcast_window", sa.Column("level_cap_mdb", sa.Integer(), nullable=True))
    op.execute(
        "ALTER TABLE station ADD COLUMN fill VARCHAR DEFAULT 'auto' NOT NULL"
        " CONSTRAINT ck_station_fill_known CHECK (fill IN ('auto', 'ward'))"
    )


def downgrade() -> None:
    """Take them away again; orders that are relays have no place in the older tables and stop it."""
    for table in MADE:
        op.drop_table(table)
    op.drop_column("station", "fill")
    for column in ("level_cap_mdb", "lunar"):
        op.drop_column("broadcast_window", column)
    op.drop_column("unit", "week_approval")
    for table, columns in DAY_LISTS.items():
        for column in columns:
            op.drop_column(table, column)
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_orders(_make_older_orders)
    else:
        _narrow_orders()
    op.drop_table("relay_source")


def _rebuild_orders(make: Callable[[], None]) -> None:
    """Make the table anew on SQLite, which cannot let go of NOT NULL; the rows come back under their keys.

    References to them are checked when the transaction commits, and all stand again by then.
    """
    columns = ", ".join(ORDER_COLUMNS)
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute("CREATE TABLE order_kept AS SELECT * FROM broadcast_order")
    op.execute("DELETE FROM broadcast_order")
    op.drop_table("broadcast_order")
    make()
    op.execute(f"INSERT INTO broadcast_order ({columns}) SELECT {columns} FROM order_kept")  # noqa: S608
    op.drop_table("order_kept")
    for column in ("bulletin_id", "last_day"):
        op.create_index(op.f(f"ix_broadcast_order_{column}"), "broadcast_order", [column])


def _make_newer_orders() -> None:
    op.create_table(
        "broadcast_order",
        *_order_columns(bulletin_needed=False),
        sa.Column("tags", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("calendars", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.CheckConstraint(ONE_MATTER, name=op.f("ck_broadcast_order_one_matter")),
        sa.CheckConstraint(RELAY_LASTS, name=op.f("ck_broadcast_order_relay_lasts")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["relay_source.id"], name=op.f("fk_broadcast_order_source_id")
        ),
    )


def _make_older_orders() -> None:
    op.create_table("broadcast_order", *_order_columns(bulletin_needed=True))


def _order_columns(*, bulletin_needed: bool) -> list[SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=not bulletin_needed),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.String(), nullable=False),
        sa.Column("times_per_day", sa.Integer(), nullable=False),
        sa.Column("fixed_times", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "level IN ('normal', 'priority', 'emergency')", name=op.f("ck_broadcast_order_level_known")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_broadcast_order_days_forward")),
        sa.CheckConstraint("times_per_day BETWEEN 1 AND 6", name=op.f("ck_broadcast_order_times_sane")),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletin.id"], name=op.f("fk_broadcast_order_bulletin_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_broadcast_order_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_order")),
    ]


def _widen_orders() -> None:
    op.alter_column("broadcast_order", "bulletin_id", existing_type=sa.Integer(), nullable=True)
    for column in ("tags", "calendars"):
        op.add_column("broadcast_order", sa.Column(column, sa.JSON(), server_default="[]", nullable=False))
    for column in ("source_id", "duration_ms"):
        op.add_column("broadcast_order", sa.Column(column, sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_broadcast_order_source_id"), "broadcast_order", "relay_source", ["source_id"], ["id"]
    )
    op.create_check_constraint(op.f("ck_broadcast_order_one_matter"), "broadcast_order", ONE_MATTER)
    op.create_check_constraint(op.f("ck_broadcast_order_relay_lasts"), "broadcast_order", RELAY_LASTS)


def _narrow_orders() -> None:
    for name in ("relay_lasts", "one_matter"):
        op.drop_constraint(op.f(f"ck_broadcast_order_{name}"), "broadcast_order")
    for column in ("duration_ms", "source_id", "calendars", "tags"):
        op.drop_column("broadcast_order", column)
    op.alter_column("broadcast_order", "bulletin_id", existing_type=sa.Integer(), nullable=False)


def _make_sources() -> None:
    op.create_table(
        "relay_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("local_from", sa.String(), nullable=False),
        sa.Column("local_to", sa.String(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("permitted_by", sa.Integer(), nullable=True),
        sa.Column("permitted_at", UtcDateTime(), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_relay_source_days_forward")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_relay_source_created_by")),
        sa.ForeignKeyConstraint(["permitted_by"], ["user.id"], name=op.f("fk_relay_source_permitted_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_relay_source_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_source")),
    )
    op.create_index(op.f("ix_relay_source_unit_id"), "relay_source", ["unit_id"], unique=False)


def _make_calendars() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('holiday', 'swap', 'exam', 'mourning', 'other')", name=op.f("ck_calendar_kind_known")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_calendar_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_day_calendar_id")),
        sa.PrimaryKeyConstraint("calendar_id", "day", name=op.f("pk_calendar_day")),
    )


def _make_rules() -> None:
    op.create_table(
        "rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("tag", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("citation", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            RULE_KINDS,
            name=op.f("ck_rule_kind_known"),
        ),
        sa.CheckConstraint("unit_id IS NULL OR tag IS NULL", name=op.f("ck_rule_one_scope")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_rule_days_forward")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_rule_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("key", name=op.f("uq_rule_key")),
    )
    op.create_table(
        "rule_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("refused_by", sa.Integer(), nullable=True),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("window_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "approved_at IS NULL OR refused_at IS NULL", name=op.f("ck_rule_exception_one_answer")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> asked_by", name=op.f("ck_rule_exception_two_people")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_rule_exception_days_forward")),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_rule_exception_approved_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_rule_exception_asked_by")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["broadcast_order.id"], name=op.f("fk_rule_exception_order_id")
        ),
        sa.ForeignKeyConstraint(["refused_by"], ["user.id"], name=op.f("fk_rule_exception_refused_by")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_exception_rule_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_rule_exception_unit_id")),
        sa.ForeignKeyConstraint(
            ["window_id"], ["broadcast_window.id"], name=op.f("fk_rule_exception_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_exception")),
    )
    op.create_index(op.f("ix_rule_exception_last_day"), "rule_exception", ["last_day"], unique=False)
    op.create_index(op.f("ix_rule_exception_rule_id"), "rule_exception", ["rule_id"], unique=False)
    op.create_index(op.f("ix_rule_exception_unit_id"), "rule_exception", ["unit_id"], unique=False)


def _make_choices() -> None:
    op.create_table(
        "quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("seconds_per_week", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("seconds_per_week BETWEEN 0 AND 604800", name=op.f("ck_quota_seconds_sane")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_quota_programme_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_quota_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
    )
    op.create_index(
        "ix_quota_everywhere",
        "quota",
        ["programme_id"],
        unique=True,
        sqlite_where=sa.text("unit_id IS NULL"),
        postgresql_where=sa.text("unit_id IS NULL"),
    )
    op.create_index(
        "ix_quota_unit",
        "quota",
        ["programme_id", "unit_id"],
        unique=True,
        sqlite_where=sa.text("unit_id IS NOT NULL"),
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.create_table(
        "pick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("picked_by", sa.Integer(), nullable=False),
        sa.Column("picked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_pick_bulletin_id")),
        sa.ForeignKeyConstraint(["picked_by"], ["user.id"], name=op.f("fk_pick_picked_by")),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_pick_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick")),
        sa.UniqueConstraint("station", "day", "bulletin_id", name=op.f("uq_pick_station_day_bulletin_id")),
    )
    op.create_index(op.f("ix_pick_bulletin_id"), "pick", ["bulletin_id"], unique=False)
    op.create_table(
        "week_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'submitted', 'approved', 'changed')", name=op.f("ck_week_plan_state_known")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_week_plan_approved_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["user.id"], name=op.f("fk_week_plan_submitted_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_week_plan_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_plan")),
        sa.UniqueConstraint("unit_id", "monday", name=op.f("uq_week_plan_unit_id_monday")),
    )


def _make_memory() -> None:
    op.create_table(
        "plan_cursor",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("planned_to_day", sa.Date(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_plan_cursor")),
    )
    op.create_table(
        "station_plan",
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("dirty_from", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("planned_at", UtcDateTime(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_station_plan_station")),
        sa.PrimaryKeyConstraint("station", name=op.f("pk_station_plan")),
    )
    op.create_index(op.f("ix_station_plan_dirty_from"), "station_plan", ["dirty_from"], unique=False)
    op.create_table(
        "unplaced",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["broadcast_order.id"], name=op.f("fk_unplaced_order_id")),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_unplaced_station")),
        sa.PrimaryKeyConstraint("order_id", "station", "due", "n", name=op.f("pk_unplaced")),
    )
