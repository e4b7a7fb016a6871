"""Commands that were carried out, and who is here.

Revision ID: 20261122_live
Revises: 20261122_groups
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_live"
down_revision = "20261122_groups"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "live_command",
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("command", sa.String(60), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("who", "key", name="pk_live_command"),
    )
    op.create_index("ix_live_command_at", "live_command", ["at"])
    op.create_table(
        "live_presence",
        sa.Column("audience", sa.String(80), nullable=False),
        sa.Column("socket", sa.String(40), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("audience", "socket", name="pk_live_presence"),
    )
    op.create_index("ix_live_presence_seen_at", "live_presence", ["seen_at"])


def downgrade():
    op.drop_table("live_presence")
    op.drop_table("live_command")
