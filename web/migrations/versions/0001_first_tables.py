"""The first tables."""

import sqlalchemy as sa
from alembic import op

from content.db import BIG, UtcDateTime
from content.models.guards import drop_statements, guard_statements

revision = "0001"
down_revision = None
GUARDED = {
    "airing": "OLD.rank = 4",
    "airing_change": None,
    "approval": None,
    "as_run": None,
    "audit": None,
    "fork": None,
    "manifest": None,
    "seal": None,
}


def upgrade() -> None:
    """Make every table, and the guards of those whose rows never change."""
    op.create_table(
        "audit",
        sa.Column("sequence", BIG, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_previous")),
    )
    op.create_index(op.f("ix_audit_actor"), "audit", ["actor"], unique=False)
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)
    op.create_table(
        "clip",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("loudness_mlu", sa.Integer(), nullable=False),
        sa.Column("recipe_sha256", sa.String(), nullable=False),
        sa.Column("recipe", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_clip_bytes_positive")),
        sa.CheckConstraint("duration_ms > 0", name=op.f("ck_clip_duration_positive")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_clip")),
    )
    op.create_index(op.f("ix_clip_recipe_sha256"), "clip", ["recipe_sha256"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("tick_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("term_from", sa.Integer(), nullable=False),
        sa.Column("term_to", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("key", "sha256", name=op.f("uq_plan_key_sha256")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_plan_key_version")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_try")),
    )
    op.create_index(op.f("ix_sign_in_try_key"), "sign_in_try", ["key"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("self_approval", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('city', 'district', 'ward', 'cluster')", name=op.f("ck_unit_kind_known")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name=op.f("fk_unit_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("slug", name=op.f("uq_unit_slug")),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    op.create_table(
        "bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("recalled_at", UtcDateTime(), nullable=True),
        sa.Column("recall_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_bulletin_created_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_bulletin_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
    )
    op.create_index(op.f("ix_bulletin_unit_id"), "bulletin", ["unit_id"], unique=False)
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("channels", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_duty_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_plan_id"), "duty", ["plan_id"], unique=False)
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('office', 'approver', 'operator', 'editor', 'admin')", name=op.f("ck_grant_role_known")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_grant_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("user_id", "role", "unit_id", name=op.f("uq_grant_user_id_role_unit_id")),
    )
    op.create_index(op.f("ix_grant_user_id"), "grant", ["user_id"], unique=False)
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("short_title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_programme_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_programme_plan_id_code")),
    )
    op.create_table(
        "render_job",
        sa.Column("id", BIG, nullable=False),
        sa.Column("recipe_sha256", sa.String(), nullable=False),
        sa.Column("recipe", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=False),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("sentence_done", sa.Integer(), nullable=False),
        sa.Column("sentence_total", sa.Integer(), nullable=False),
        sa.Column("seconds_made_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("clip_sha256", sa.String(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state <> 'done' OR clip_sha256 IS NOT NULL", name=op.f("ck_render_job_done_has_clip")
        ),
        sa.CheckConstraint(
            "state <> 'working' OR (leased_by IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_render_job_leased"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'working', 'done', 'failed', 'cancelled')",
            name=op.f("ck_render_job_state_known"),
        ),
        sa.ForeignKeyConstraint(["clip_sha256"], ["clip.sha256"], name=op.f("fk_render_job_clip_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_render_job")),
    )
    op.create_index(op.f("ix_render_job_clip_sha256"), "render_job", ["clip_sha256"], unique=False)
    op.create_index(
        "ix_render_job_open",
        "render_job",
        ["recipe_sha256"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'working')"),
        postgresql_where=sa.text("state IN ('queued', 'working')"),
    )
    op.create_index("ix_render_job_queue", "render_job", ["state", "ready_at"], unique=False)
    op.create_index(op.f("ix_render_job_recipe_sha256"), "render_job", ["recipe_sha256"], unique=False)
    op.create_table(
        "station",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=True),
        sa.Column("token_sha256", sa.String(), nullable=True),
        sa.Column("mode", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("heard_at", UtcDateTime(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("boot", sa.String(), nullable=True),
        sa.Column("clips_missing", sa.JSON(), nullable=False),
        sa.Column("playing", sa.String(), nullable=True),
        sa.Column("disk_free_bytes", sa.BigInteger(), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("clock_ok", sa.Boolean(), nullable=True),
        sa.Column("player", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_station_unit_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_station")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_station_token_sha256")),
    )
    op.create_index(op.f("ix_station_unit_id"), "station", ["unit_id"], unique=False)
    op.create_table(
        "alarm",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("station", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("cleared_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_alarm_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(
        "ix_alarm_open",
        "alarm",
        ["station", "kind"],
        unique=False,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "as_run",
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("airing", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_as_run_station")),
        sa.PrimaryKeyConstraint("station", "chain", "sequence", name=op.f("pk_as_run")),
    )
    op.create_index(op.f("ix_as_run_airing"), "as_run", ["airing"], unique=False)
    op.create_table(
        "broadcast_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
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
    )
    op.create_index(op.f("ix_broadcast_order_bulletin_id"), "broadcast_order", ["bulletin_id"], unique=False)
    op.create_index(op.f("ix_broadcast_order_last_day"), "broadcast_order", ["last_day"], unique=False)
    op.create_table(
        "broadcast_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("rrule", sa.String(), nullable=False),
        sa.Column("local_start", sa.String(), nullable=False),
        sa.Column("budget_ms", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("enforce_limits", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("budget_ms > 0", name=op.f("ck_broadcast_window_budget_positive")),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_broadcast_window_days_forward")
        ),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_broadcast_window_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_window")),
    )
    op.create_index(op.f("ix_broadcast_window_station"), "broadcast_window", ["station"], unique=False)
    op.create_table(
        "chain_head",
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("reaches", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_chain_head_station")),
        sa.PrimaryKeyConstraint("station", "chain", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "command",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=True),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_command_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
    )
    op.create_index(op.f("ix_command_station"), "command", ["station"], unique=False)
    op.create_table(
        "fork",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_fork_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fork")),
        sa.UniqueConstraint(
            "station", "chain", "sequence", "sha256", name=op.f("uq_fork_station_chain_sequence_sha256")
        ),
    )
    op.create_table(
        "manifest",
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("to", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_manifest_station")),
        sa.PrimaryKeyConstraint("station", "generation", name=op.f("pk_manifest")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("spoken", sa.String(), nullable=False),
        sa.Column("spoken_sha256", sa.String(), nullable=False),
        sa.Column("lexicon_version", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("returned_by", sa.Integer(), nullable=True),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "level IN ('normal', 'priority', 'emergency')", name=op.f("ck_revision_level_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'returned')", name=op.f("ck_revision_state_known")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_revision_validity_forward")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_revision_author_id")),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_revision_bulletin_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_revision_programme_id")),
        sa.ForeignKeyConstraint(["returned_by"], ["user.id"], name=op.f("fk_revision_returned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("bulletin_id", "number", name=op.f("uq_revision_bulletin_id_number")),
    )
    op.create_index(op.f("ix_revision_programme_id"), "revision", ["programme_id"], unique=False)
    op.create_index(
        "ix_revision_waiting",
        "revision",
        ["submitted_at"],
        unique=False,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "seal",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_seal_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
        sa.UniqueConstraint("station", "chain", "last", name=op.f("uq_seal_station_chain_last")),
    )
    op.create_table(
        "station_invite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("keyid", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_station_invite_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_invite")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_station_invite_secret_sha256")),
    )
    op.create_index(op.f("ix_station_invite_station"), "station_invite", ["station"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("comparator", sa.String(), nullable=False),
        sa.Column("bound", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("low", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("high", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_target_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("programme_id", "code", name=op.f("uq_target_programme_id_code")),
    )
    op.create_index(op.f("ix_target_programme_id"), "target", ["programme_id"], unique=False)
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("spoken_sha256", sa.String(), nullable=False),
        sa.Column("clip_sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("lexicon_version", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("heard_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_approval_decided_by")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_approval_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_approval_revision_id")),
    )
    op.create_index(op.f("ix_approval_clip_sha256"), "approval", ["clip_sha256"], unique=False)
    op.create_table(
        "order_unit",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["broadcast_order.id"], name=op.f("fk_order_unit_order_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_order_unit_unit_id")),
        sa.PrimaryKeyConstraint("order_id", "unit_id", name=op.f("pk_order_unit")),
    )
    op.create_table(
        "revision_author",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_revision_author_revision_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_revision_author_user_id")),
        sa.PrimaryKeyConstraint("revision_id", "user_id", name=op.f("pk_revision_author")),
    )
    op.create_table(
        "airing",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("bulletin_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("window_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("not_after", UtcDateTime(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("clip_sha256", sa.String(), nullable=True),
        sa.Column("clip_bytes", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("heard_ms", sa.Integer(), nullable=True),
        sa.Column("released_generation", sa.Integer(), nullable=True),
        sa.Column("recalled_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("not_after >= starts_at", name=op.f("ck_airing_not_after_start")),
        sa.CheckConstraint("rank BETWEEN 0 AND 4", name=op.f("ck_airing_rank_known")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_airing_approval_id")),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_airing_bulletin_id")),
        sa.ForeignKeyConstraint(["order_id"], ["broadcast_order.id"], name=op.f("fk_airing_order_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_airing_revision_id")),
        sa.ForeignKeyConstraint(["station"], ["station.name"], name=op.f("fk_airing_station")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_airing_unit_id")),
        sa.ForeignKeyConstraint(["window_id"], ["broadcast_window.id"], name=op.f("fk_airing_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airing")),
        sa.UniqueConstraint("order_id", "station", "due", "n", name=op.f("uq_airing_order_id_station_due_n")),
    )
    op.create_index(op.f("ix_airing_bulletin_id"), "airing", ["bulletin_id"], unique=False)
    op.create_index("ix_airing_station_day", "airing", ["station", "starts_at"], unique=False)
    op.create_index(op.f("ix_airing_unit_id"), "airing", ["unit_id"], unique=False)
    op.create_index(
        "ix_airing_waiting",
        "airing",
        ["starts_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('released', 'due')"),
        postgresql_where=sa.text("state IN ('released', 'due')"),
    )
    op.create_table(
        "news_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("posted_by", sa.Integer(), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("publish_at", UtcDateTime(), nullable=False),
        sa.Column("expire_at", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("expired_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_news_item_approval_id")),
        sa.ForeignKeyConstraint(["posted_by"], ["user.id"], name=op.f("fk_news_item_posted_by")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_news_item_programme_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_news_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_item")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_news_item_approval_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_news_item_slug")),
    )
    op.create_index(op.f("ix_news_item_programme_id"), "news_item", ["programme_id"], unique=False)
    op.create_index("ix_news_item_shown", "news_item", ["publish_at", "expire_at"], unique=False)
    op.create_index(op.f("ix_news_item_unit_id"), "news_item", ["unit_id"], unique=False)
    op.create_table(
        "airing_change",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("airing", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["airing"], ["airing.id"], name=op.f("fk_airing_change_airing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airing_change")),
    )
    op.create_index(op.f("ix_airing_change_airing"), "airing_change", ["airing"], unique=False)
    dialect = op.get_bind().dialect.name
    for name, condition in GUARDED.items():
        for statement in guard_statements(name, condition, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Take the guards and the tables away."""
    dialect = op.get_bind().dialect.name
    for name in GUARDED:
        for statement in drop_statements(name, dialect):
            op.execute(statement)
    op.drop_index(op.f("ix_airing_change_airing"), table_name="airing_change")
    op.drop_table("airing_change")
    op.drop_index(op.f("ix_news_item_unit_id"), table_name="news_item")
    op.drop_index("ix_news_item_shown", table_name="news_item")
    op.drop_index(op.f("ix_news_item_programme_id"), table_name="news_item")
    op.drop_table("news_item")
    op.drop_index(
        "ix_airing_waiting",
        table_name="airing",
        sqlite_where=sa.text("state IN ('released', 'due')"),
        postgresql_where=sa.text("state IN ('released', 'due')"),
    )
    op.drop_index(op.f("ix_airing_unit_id"), table_name="airing")
    op.drop_index("ix_airing_station_day", table_name="airing")
    op.drop_index(op.f("ix_airing_bulletin_id"), table_name="airing")
    op.drop_table("airing")
    op.drop_table("revision_author")
    op.drop_table("order_unit")
    op.drop_index(op.f("ix_approval_clip_sha256"), table_name="approval")
    op.drop_table("approval")
    op.drop_index(op.f("ix_target_programme_id"), table_name="target")
    op.drop_table("target")
    op.drop_index(op.f("ix_station_invite_station"), table_name="station_invite")
    op.drop_table("station_invite")
    op.drop_table("seal")
    op.drop_index(
        "ix_revision_waiting",
        table_name="revision",
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.drop_index(op.f("ix_revision_programme_id"), table_name="revision")
    op.drop_table("revision")
    op.drop_table("manifest")
    op.drop_table("fork")
    op.drop_index(op.f("ix_command_station"), table_name="command")
    op.drop_table("command")
    op.drop_table("chain_head")
    op.drop_index(op.f("ix_broadcast_window_station"), table_name="broadcast_window")
    op.drop_table("broadcast_window")
    op.drop_index(op.f("ix_broadcast_order_last_day"), table_name="broadcast_order")
    op.drop_index(op.f("ix_broadcast_order_bulletin_id"), table_name="broadcast_order")
    op.drop_table("broadcast_order")
    op.drop_index(op.f("ix_as_run_airing"), table_name="as_run")
    op.drop_table("as_run")
    op.drop_index(
        "ix_alarm_open",
        table_name="alarm",
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.drop_table("alarm")
    op.drop_index(op.f("ix_station_unit_id"), table_name="station")
    op.drop_table("station")
    op.drop_index(op.f("ix_render_job_recipe_sha256"), table_name="render_job")
    op.drop_index("ix_render_job_queue", table_name="render_job")
    op.drop_index(
        "ix_render_job_open",
        table_name="render_job",
        sqlite_where=sa.text("state IN ('queued', 'working')"),
        postgresql_where=sa.text("state IN ('queued', 'working')"),
    )
    op.drop_index(op.f("ix_render_job_clip_sha256"), table_name="render_job")
    op.drop_table("render_job")
    op.drop_table("programme")
    op.drop_index(op.f("ix_grant_user_id"), table_name="grant")
    op.drop_table("grant")
    op.drop_index(op.f("ix_duty_plan_id"), table_name="duty")
    op.drop_table("duty")
    op.drop_index(op.f("ix_bulletin_unit_id"), table_name="bulletin")
    op.drop_table("bulletin")
    op.drop_table("user")
    op.drop_index(op.f("ix_unit_parent_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_index(op.f("ix_sign_in_try_key"), table_name="sign_in_try")
    op.drop_table("sign_in_try")
    op.drop_table("setting")
    op.drop_table("plan")
    op.drop_table("lease")
    op.drop_index(op.f("ix_clip_recipe_sha256"), table_name="clip")
    op.drop_table("clip")
    op.drop_index(op.f("ix_audit_subject"), table_name="audit")
    op.drop_index(op.f("ix_audit_actor"), table_name="audit")
    op.drop_table("audit")
