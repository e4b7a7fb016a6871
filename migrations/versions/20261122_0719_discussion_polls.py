"""Polls in discussions.

Revision ID: 20261122_discussion_polls
Revises: 20261122_guests
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_discussion_polls"
down_revision = "20261122_guests"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "choice_poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("discussion_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("several", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussion.id"], name=op.f("fk_choice_poll_discussion_id_discussion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice_poll")),
        sa.UniqueConstraint("discussion_id", name=op.f("uq_choice_poll_discussion_id")),
    )
    op.create_index("ix_choice_poll_closed_at_closes_at", "choice_poll", ["closed_at", "closes_at"])
    op.create_table(
        "choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["choice_poll.id"], name=op.f("fk_choice_poll_id_choice_poll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice")),
        sa.UniqueConstraint("poll_id", "position", name=op.f("uq_choice_poll_id_position")),
    )
    op.create_table(
        "choice_voter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["choice_poll.id"], name=op.f("fk_choice_voter_poll_id_choice_poll")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_choice_voter_member_id_member")),
        sa.ForeignKeyConstraint(["persona_id"], ["persona.id"], name=op.f("fk_choice_voter_persona_id_persona")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice_voter")),
        sa.UniqueConstraint("poll_id", "member_id", name=op.f("uq_choice_voter_poll_id_member_id")),
    )
    op.create_index(op.f("ix_choice_voter_member_id"), "choice_voter", ["member_id"])
    op.create_index(op.f("ix_choice_voter_persona_id"), "choice_voter", ["persona_id"])
    op.create_table(
        "choice_answer",
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("choice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["voter_id"], ["choice_voter.id"], name=op.f("fk_choice_answer_voter_id_choice_voter")),
        sa.ForeignKeyConstraint(["choice_id"], ["choice.id"], name=op.f("fk_choice_answer_choice_id_choice")),
        sa.PrimaryKeyConstraint("voter_id", "choice_id", name=op.f("pk_choice_answer")),
    )
    op.create_index(op.f("ix_choice_answer_choice_id"), "choice_answer", ["choice_id"])


def downgrade():
    for table in ("choice_answer", "choice_voter", "choice", "choice_poll"):
        op.drop_table(table)
