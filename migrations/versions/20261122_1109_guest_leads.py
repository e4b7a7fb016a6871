"""Sessions: a facilitator from outside takes part under a guest's number.

Revision ID: 20261122_guest_leads
Revises: 20261122_market_floor
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_guest_leads"
down_revision = "20261122_expertise"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("session_participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guest_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_session_participant_guest_id", ["guest_id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_session_participant_session_id_guest_id"), ["session_id", "guest_id"]
        )


def downgrade():
    with op.batch_alter_table("session_participant", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_session_participant_session_id_guest_id"), type_="unique"
        )
        batch_op.drop_index("ix_session_participant_guest_id")
        batch_op.drop_column("guest_id")
