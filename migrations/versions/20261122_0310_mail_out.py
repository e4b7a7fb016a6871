"""Deliveries that are composed when their turn comes; what members want by mail.

Revision ID: 20261122_mail_out
Revises: 20261122_address_trouble
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_mail_out"
down_revision = "20261122_address_trouble"
branch_labels = None
depends_on = None

WORDS = ("recipient", "subject", "text", "html")


def upgrade():
    op.create_table(
        "mail_content",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail_content"),
        sa.UniqueConstraint("key", name="uq_mail_content_key"),
    )
    op.create_index("ix_mail_content_made_at", "mail_content", ["made_at"])
    op.create_table(
        "mail_pace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail_pace"),
    )
    with op.batch_alter_table("outgoing_mail") as table:
        table.drop_index("ix_outgoing_mail_due")
        table.drop_constraint("uq_outgoing_mail_message_id", type_="unique")
        table.add_column(sa.Column("kind", sa.String(40)))
        table.add_column(sa.Column("about", sa.JSON()))
        table.add_column(sa.Column("member_id", sa.Integer()))
        table.add_column(sa.Column("content_id", sa.Integer()))
        table.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
        table.alter_column("message_id", existing_type=sa.String(200), nullable=True)
        for name in WORDS:
            table.alter_column(name, existing_type=sa.LargeBinary(), nullable=True)
        table.create_foreign_key(
            "fk_outgoing_mail_content_id_mail_content", "mail_content", ["content_id"], ["id"]
        )
    with op.batch_alter_table("outgoing_mail") as table:
        table.alter_column("priority", existing_type=sa.Integer(), server_default=None)
        table.create_index("ix_outgoing_mail_member_id", ["member_id"])
        table.create_index("ix_outgoing_mail_content_id", ["content_id"])
        table.create_index("ix_outgoing_mail_claimed_by", ["claimed_by"])
        table.create_index(
            "ix_outgoing_mail_due", ["sent_at", "dead_at", "priority", "try_at"]
        )
    op.create_table(
        "mail_preference",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(6), nullable=False),
        sa.Column("joined", sa.String(6), nullable=False),
        sa.Column("joined_before", sa.String(6), nullable=False),
        sa.Column("joined_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_told_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("daily_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weekly_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_mail_preference"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name="fk_mail_preference_member_id_member"
        ),
    )
    op.create_index("ix_mail_preference_next_at", "mail_preference", ["next_at"])
    op.create_table(
        "list_choice",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(6), nullable=False),
        sa.Column("before", sa.String(6), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "list_id", name="pk_list_choice"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name="fk_list_choice_member_id_member"
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["discussion_list.id"], name="fk_list_choice_list_id_discussion_list"
        ),
    )
    op.create_index("ix_list_choice_list_id", "list_choice", ["list_id"])


def downgrade():
    op.drop_index("ix_list_choice_list_id", "list_choice")
    op.drop_table("list_choice")
    op.drop_index("ix_mail_preference_next_at", "mail_preference")
    op.drop_table("mail_preference")
    # What has no words of its own cannot be kept; it can be made again from what it is about.
    op.execute("DELETE FROM outgoing_mail WHERE kind IS NOT NULL OR message_id IS NULL")
    with op.batch_alter_table("outgoing_mail") as table:
        table.drop_index("ix_outgoing_mail_due")
        table.drop_index("ix_outgoing_mail_claimed_by")
        table.drop_index("ix_outgoing_mail_content_id")
        table.drop_index("ix_outgoing_mail_member_id")
    with op.batch_alter_table("outgoing_mail") as table:
        table.drop_constraint("fk_outgoing_mail_content_id_mail_content", type_="foreignkey")
        for name in ("priority", "content_id", "member_id", "about", "kind"):
            table.drop_column(name)
        for name in WORDS:
            table.alter_column(name, existing_type=sa.LargeBinary(), nullable=False)
        table.alter_column("message_id", existing_type=sa.String(200), nullable=False)
        table.create_unique_constraint("uq_outgoing_mail_message_id", ["message_id"])
        table.create_index("ix_outgoing_mail_due", ["sent_at", "dead_at", "try_at"])
    op.drop_table("mail_pace")
    op.drop_index("ix_mail_content_made_at", "mail_content")
    op.drop_table("mail_content")
