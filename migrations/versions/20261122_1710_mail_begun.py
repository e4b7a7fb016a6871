"""From when on a mail server may have a message.

Revision ID: 20261122_mail_begun
Revises: 20261122_own_export
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_mail_begun"
down_revision = "20261122_own_export"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "outgoing_mail", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade():
    op.drop_column("outgoing_mail", "begun_at")
