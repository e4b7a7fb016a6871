"""What a member takes along: one file at a time, for some days.

Revision ID: 20261122_own_export
Revises: 20261122_market_told
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_own_export"
down_revision = "20261122_market_told"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "own_export",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=43), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_own_export_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_own_export")),
        sa.UniqueConstraint("name", name=op.f("uq_own_export_name")),
    )
    op.create_index(op.f("ix_own_export_until"), "own_export", ["until"])


def downgrade():
    op.drop_index(op.f("ix_own_export_until"), table_name="own_export")
    op.drop_table("own_export")
