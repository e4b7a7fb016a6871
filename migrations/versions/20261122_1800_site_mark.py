"""Which database a folder of files or keys belongs to.

Revision ID: 20261122_site_mark
Revises: 20261122_kept_together
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_site_mark"
down_revision = "20261122_kept_together"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "site_mark",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_site_mark")),
    )


def downgrade():
    op.drop_table("site_mark")
