"""Who takes notes in a session, and who watches how the conversation goes.

Revision ID: 20261122_session_roles
Revises: 20261122_search_made
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_session_roles"
down_revision = "20261122_search_made"
branch_labels = None
depends_on = None

ROLES = ("takes_notes", "observes")


def upgrade():
    with op.batch_alter_table("session_participant") as table:
        for name in ROLES:
            table.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
    with op.batch_alter_table("session_participant") as table:
        for name in ROLES:
            table.alter_column(name, existing_type=sa.Boolean(), server_default=None)


def downgrade():
    with op.batch_alter_table("session_participant") as table:
        for name in ROLES:
            table.drop_column(name)
