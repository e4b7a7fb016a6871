"""The last press in the queue of cases, so that it can be taken back.

Revision ID: 20261123_queue_press
Revises: 20261123_typed_at_table
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_queue_press"
down_revision = "20261123_typed_at_table"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "queue_press",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["group_session.id"], name=op.f("fk_queue_press_session_id_group_session")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_queue_press")),
    )


def downgrade():
    op.drop_table("queue_press")
