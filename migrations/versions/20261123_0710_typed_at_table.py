"""What is typed on the one phone on the table, for somebody without a screen.

Revision ID: 20261123_typed_at_table
Revises: 20261123_calendars_hold
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_typed_at_table"
down_revision = "20261123_calendars_hold"
branch_labels = None
depends_on = None

TABLES = ("session_entry", "beraad_entry")


def upgrade():
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(
                sa.Column("at_table", sa.Boolean(), nullable=False, server_default=sa.false())
            )


def downgrade():
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("at_table")
