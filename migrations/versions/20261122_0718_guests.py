"""Guests of a gathering or a date poll, and facilitators from outside.

Revision ID: 20261122_guests
Revises: 20261122_markets
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_guests"
down_revision = "20261122_markets"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "gathering_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=True),
        sa.Column("poll_id", sa.Integer(), nullable=True),
        sa.Column("facilitates", sa.Boolean(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_key", sa.String(64), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coming", sa.String(12), nullable=False),
        sa.CheckConstraint(
            "gathering_id IS NOT NULL OR poll_id IS NOT NULL",
            name=op.f("ck_gathering_guest_of_something"),
        ),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"], name=op.f("fk_gathering_guest_gathering_id_gathering")),
        sa.ForeignKeyConstraint(["poll_id"], ["date_poll.id"], name=op.f("fk_gathering_guest_poll_id_date_poll")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["persona.id"], name=op.f("fk_gathering_guest_asked_by_id_persona")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering_guest")),
        sa.UniqueConstraint("gathering_id", "email_key", name=op.f("uq_gathering_guest_gathering_id_email_key")),
        sa.UniqueConstraint("poll_id", "email_key", name=op.f("uq_gathering_guest_poll_id_email_key")),
    )
    op.create_index(op.f("ix_gathering_guest_asked_by_id"), "gathering_guest", ["asked_by_id"])
    with op.batch_alter_table("poll_voter") as voter:
        voter.alter_column("member_id", existing_type=sa.Integer(), nullable=True)
        voter.alter_column("persona_id", existing_type=sa.Integer(), nullable=True)
        voter.add_column(sa.Column("guest_id", sa.Integer(), nullable=True))
        voter.create_foreign_key(op.f("fk_poll_voter_guest_id_gathering_guest"), "gathering_guest", ["guest_id"], ["id"])
        voter.create_unique_constraint(op.f("uq_poll_voter_guest_id"), ["guest_id"])
        voter.create_check_constraint(op.f("ck_poll_voter_somebody"), "member_id IS NOT NULL OR guest_id IS NOT NULL")
    with op.batch_alter_table("group_facilitator") as facilitator:
        facilitator.add_column(sa.Column("guest_id", sa.Integer(), nullable=True))
        facilitator.create_unique_constraint(op.f("uq_group_facilitator_guest_id"), ["guest_id"])


def downgrade():
    op.execute("DELETE FROM group_facilitator WHERE member_id IS NULL")
    op.execute("DELETE FROM poll_answer WHERE voter_id IN (SELECT id FROM poll_voter WHERE member_id IS NULL)")
    op.execute("DELETE FROM poll_voter WHERE member_id IS NULL")
    with op.batch_alter_table("group_facilitator") as facilitator:
        facilitator.drop_constraint(op.f("uq_group_facilitator_guest_id"), type_="unique")
        facilitator.drop_column("guest_id")
    with op.batch_alter_table("poll_voter") as voter:
        voter.drop_constraint(op.f("ck_poll_voter_somebody"), type_="check")
        voter.drop_constraint(op.f("uq_poll_voter_guest_id"), type_="unique")
        voter.drop_constraint(op.f("fk_poll_voter_guest_id_gathering_guest"), type_="foreignkey")
        voter.drop_column("guest_id")
        voter.alter_column("persona_id", existing_type=sa.Integer(), nullable=False)
        voter.alter_column("member_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("gathering_guest")
