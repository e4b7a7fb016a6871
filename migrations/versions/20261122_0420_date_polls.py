"""Looking for a date: what is proposed, and who can when.

Revision ID: 20261122_date_polls
Revises: 20261122_incoming_mail
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_date_polls"
down_revision = "20261122_incoming_mail"
branch_labels = None
depends_on = None


def moment(name, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade():
    op.create_table(
        "date_poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("circle_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        moment("created_at"),
        moment("closes_at"),
        moment("closed_at", nullable=True),
        moment("reminded_at", nullable=True),
        sa.Column("gathering_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["circle_id"], ["circle.id"], name=op.f("fk_date_poll_circle_id_circle")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_date_poll_space_id_space")),
        sa.ForeignKeyConstraint(["organiser_id"], ["persona.id"], name=op.f("fk_date_poll_organiser_id_persona")),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"], name=op.f("fk_date_poll_gathering_id_gathering")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_poll")),
        sa.UniqueConstraint("gathering_id", name=op.f("uq_date_poll_gathering_id")),
    )
    op.create_index("ix_date_poll_circle_id_closed_at", "date_poll", ["circle_id", "closed_at"])
    op.create_index("ix_date_poll_closed_at_closes_at", "date_poll", ["closed_at", "closes_at"])
    op.create_index(op.f("ix_date_poll_space_id"), "date_poll", ["space_id"])
    op.create_index(op.f("ix_date_poll_organiser_id"), "date_poll", ["organiser_id"])
    op.create_table(
        "poll_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        moment("starts_at"),
        moment("ends_at"),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_poll_option_ends_after_start")),
        sa.ForeignKeyConstraint(["poll_id"], ["date_poll.id"], name=op.f("fk_poll_option_poll_id_date_poll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_option")),
        sa.UniqueConstraint("poll_id", "starts_at", name=op.f("uq_poll_option_poll_id_starts_at")),
    )
    op.create_table(
        "poll_voter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=False),
        sa.Column("comes", sa.Boolean(), nullable=False),
        moment("answered_at"),
        sa.ForeignKeyConstraint(["poll_id"], ["date_poll.id"], name=op.f("fk_poll_voter_poll_id_date_poll")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_poll_voter_member_id_member")),
        sa.ForeignKeyConstraint(["persona_id"], ["persona.id"], name=op.f("fk_poll_voter_persona_id_persona")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_voter")),
        sa.UniqueConstraint("poll_id", "member_id", name=op.f("uq_poll_voter_poll_id_member_id")),
    )
    op.create_index(op.f("ix_poll_voter_member_id"), "poll_voter", ["member_id"])
    op.create_index(op.f("ix_poll_voter_persona_id"), "poll_voter", ["persona_id"])
    op.create_table(
        "poll_answer",
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("can", sa.String(12), nullable=False),
        sa.ForeignKeyConstraint(["voter_id"], ["poll_voter.id"], name=op.f("fk_poll_answer_voter_id_poll_voter")),
        sa.ForeignKeyConstraint(["option_id"], ["poll_option.id"], name=op.f("fk_poll_answer_option_id_poll_option")),
        sa.PrimaryKeyConstraint("voter_id", "option_id", name=op.f("pk_poll_answer")),
    )
    op.create_index(op.f("ix_poll_answer_option_id"), "poll_answer", ["option_id"])


def downgrade():
    for table in ("poll_answer", "poll_voter", "poll_option", "date_poll"):
        op.drop_table(table)
