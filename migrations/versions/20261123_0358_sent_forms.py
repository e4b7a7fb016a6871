"""Forms that were carried out, so that one that is sent twice is told so.

Revision ID: 20261123_sent_forms
Revises: 20261123_running_jobs
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_sent_forms"
down_revision = "20261123_running_jobs"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sent_form",
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("led_to", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_sent_form")),
    )
    op.create_index(op.f("ix_sent_form_at"), "sent_form", ["at"])


def downgrade():
    op.drop_table("sent_form")
