"""Whoever runs the site can ask a member to coordinate; older imported lists are nobody's to take.

Revision ID: 20261122_brought_lists
Revises: 20261122_enclosed_files
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_brought_lists"
down_revision = "20261122_enclosed_files"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("circle_invitation") as table:
        table.alter_column("by_id", existing_type=sa.Integer(), nullable=True)
    # A list that somebody made on the site is in the audit trail, and had a coordinator from its
    # first day. Any other of the site was made for an archive: whoever joined one before circles
    # could be unclaimed may not take it over either.
    op.execute(
        "UPDATE circle SET unclaimed = true WHERE id IN ("
        " SELECT circle_id FROM discussion_list WHERE space_id IS NULL AND NOT EXISTS ("
        "  SELECT 1 FROM audit_entry WHERE action = 'discussions.list_made'"
        "  AND subject = 'list:' || CAST(discussion_list.id AS VARCHAR(20))))"
        " AND id NOT IN"
        " (SELECT circle_id FROM circle_membership WHERE standing = 'coordinator')"
    )


def downgrade():
    op.execute("DELETE FROM circle_invitation WHERE by_id IS NULL")
    with op.batch_alter_table("circle_invitation") as table:
        table.alter_column("by_id", existing_type=sa.Integer(), nullable=False)
