"""Mail that comes in: what became of it, what waits, what was cut.

Revision ID: 20261122_incoming_mail
Revises: 20261122_gatherings
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_incoming_mail"
down_revision = "20261122_gatherings"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_key", sa.String(32), nullable=False),
        sa.Column("message_key", sa.String(32), nullable=False),
        sa.Column("target_key", sa.String(32), nullable=False),
        sa.Column("sender_mark", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("detail", sa.String(60), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("discussion_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_incoming_mail"),
        sa.UniqueConstraint("source_key", name="uq_incoming_mail_source_key"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name="fk_incoming_mail_member_id_member"
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["discussion_list.id"], name="fk_incoming_mail_list_id_discussion_list"
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"], ["discussion.id"], name="fk_incoming_mail_discussion_id_discussion"
        ),
    )
    for column in ("received_at", "message_key", "target_key", "outcome", "discussion_id"):
        op.create_index(f"ix_incoming_mail_{column}", "incoming_mail", [column])
    op.create_index("ix_incoming_mail_member_waits", "incoming_mail", ["member_id", "outcome"])
    op.create_index("ix_incoming_mail_list_waits", "incoming_mail", ["list_id", "outcome"])
    op.create_index("ix_incoming_mail_sender_at", "incoming_mail", ["sender_mark", "received_at"])
    op.create_table(
        "cut_text",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_cut_text"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_cut_text_post_id_post"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_cut_text_member_id_member"),
    )
    op.create_index("ix_cut_text_member_id", "cut_text", ["member_id"])
    op.create_index("ix_cut_text_kept_until", "cut_text", ["kept_until"])
    with op.batch_alter_table("discussion_list") as table:
        table.add_column(
            sa.Column("holds_strangers", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("discussion_list") as table:
        table.alter_column("holds_strangers", server_default=None)


def downgrade():
    with op.batch_alter_table("discussion_list") as table:
        table.drop_column("holds_strangers")
    op.drop_table("cut_text")
    op.drop_table("incoming_mail")
