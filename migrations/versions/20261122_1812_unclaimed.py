"""Circles that nobody has coordinated yet: moderators look after them.

Revision ID: 20261122_unclaimed
Revises: 20261122_measured_by
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_unclaimed"
down_revision = "20261122_measured_by"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("circle") as table:
        table.add_column(
            sa.Column("unclaimed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("circle") as table:
        table.alter_column("unclaimed", existing_type=sa.Boolean(), server_default=None)
    # Lists of the site in which nobody has been yet were made for an archive.
    op.execute(
        "UPDATE circle SET unclaimed = true WHERE id IN"
        " (SELECT circle_id FROM discussion_list WHERE space_id IS NULL)"
        " AND id NOT IN (SELECT circle_id FROM circle_membership)"
    )


def downgrade():
    with op.batch_alter_table("circle") as table:
        table.drop_column("unclaimed")
