"""Gatherings: what is planned, who comes, everybody's own calendar; mails that calendars act on.

Revision ID: 20261122_gatherings
Revises: 20261122_cases
"""

import sqlalchemy as sa
from alembic import op

from cop.platform.db import UtcDateTime

revision = "20261122_gatherings"
down_revision = "20261122_cases"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("outgoing_mail", sa.Column("calendar", sa.LargeBinary(), nullable=True))
    op.create_table(
        "gathering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("circle_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("setting", sa.String(12), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("going", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("moved_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_why", sa.String(500), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("report_html", sa.Text(), nullable=False),
        sa.Column("report_by_id", sa.Integer(), nullable=True),
        sa.Column("report_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("report_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_gathering_ends_after_start")),
        sa.ForeignKeyConstraint(["circle_id"], ["circle.id"], name=op.f("fk_gathering_circle_id_circle")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_gathering_space_id_space")),
        sa.ForeignKeyConstraint(["organiser_id"], ["persona.id"], name=op.f("fk_gathering_organiser_id_persona")),
        sa.ForeignKeyConstraint(["report_by_id"], ["persona.id"], name=op.f("fk_gathering_report_by_id_persona")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering")),
        sa.UniqueConstraint("uid", name=op.f("uq_gathering_uid")),
    )
    op.create_index("ix_gathering_starts_at_id", "gathering", ["starts_at", "id"])
    op.create_index("ix_gathering_circle_id_starts_at", "gathering", ["circle_id", "starts_at"])
    op.create_index(op.f("ix_gathering_space_id"), "gathering", ["space_id"])
    op.create_index(op.f("ix_gathering_organiser_id"), "gathering", ["organiser_id"])
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=False),
        sa.Column("coming", sa.String(12), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("told", sa.String(32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reminded_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"], name=op.f("fk_attendance_gathering_id_gathering")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_attendance_member_id_member")),
        sa.ForeignKeyConstraint(["persona_id"], ["persona.id"], name=op.f("fk_attendance_persona_id_persona")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("gathering_id", "member_id", name=op.f("uq_attendance_gathering_id_member_id")),
    )
    op.create_index("ix_attendance_gathering_id_coming_since", "attendance", ["gathering_id", "coming", "since"])
    op.create_index("ix_attendance_member_id_coming", "attendance", ["member_id", "coming"])
    op.create_index(op.f("ix_attendance_persona_id"), "attendance", ["persona_id"])
    op.create_table(
        "own_calendar",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("week_before", sa.Boolean(), nullable=False),
        sa.Column("day_before", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_own_calendar_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_own_calendar")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_own_calendar_token_hash")),
    )


def downgrade():
    op.drop_table("own_calendar")
    op.drop_table("attendance")
    op.drop_table("gathering")
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.drop_column("calendar")
