"""Guests: what their own calendar was told, and reminders. Notes of a session: their version.

Revision ID: 20261122_guests_and_notes
Revises: 20261122_roles
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_guests_and_notes"
down_revision = "20261122_roles"
branch_labels = None
depends_on = None


def upgrade():
    # The defaults stay: taking them away would have SQLite make the tables anew.
    op.add_column(
        "gathering_guest",
        sa.Column("in_calendar", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "gathering_guest", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("gathering_guest", sa.Column("reminded_at", sa.DateTime(timezone=True)))
    op.add_column(
        "session_note", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )


def downgrade():
    op.drop_column("session_note", "version")
    for name in ("reminded_at", "sequence", "in_calendar"):
        op.drop_column("gathering_guest", name)
