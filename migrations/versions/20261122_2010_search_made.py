"""By which version of its rules the index of each kind was made.

Revision ID: 20261122_search_made
Revises: 20261122_unclaimed
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_search_made"
down_revision = "20261122_unclaimed"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "search_made",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_search_made")),
    )
    # No statement uses it, and every post that is written would keep it.
    op.drop_index("ix_search_entry_circle_id", table_name="search_entry")


def downgrade():
    op.create_index("ix_search_entry_circle_id", "search_entry", ["circle_id"])
    op.drop_table("search_made")
