"""Practices open to more people when all who write them want it.

Revision ID: 20261122_kept_together
Revises: 20261122_guests_and_notes
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_kept_together"
down_revision = "20261122_guests_and_notes"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("practice_editor", sa.Column("opens_to", sa.String(8), nullable=True))


def downgrade():
    op.drop_column("practice_editor", "opens_to")
