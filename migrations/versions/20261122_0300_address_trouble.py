"""How often mail to an address failed.

Revision ID: 20261122_address_trouble
Revises: 20261121_seed_themes
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_address_trouble"
down_revision = "20261121_seed_themes"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "address_trouble",
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_code", sa.String(12), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_address_trouble")),
    )
    op.create_index(op.f("ix_address_trouble_last_at"), "address_trouble", ["last_at"])


def downgrade():
    op.drop_index(op.f("ix_address_trouble_last_at"), "address_trouble")
    op.drop_table("address_trouble")
