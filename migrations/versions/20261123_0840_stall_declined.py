"""Who would rather not come to a stall that answers what they asked.

Revision ID: 20261123_stall_declined
Revises: 20261123_long_taken_along
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_stall_declined"
down_revision = "20261123_long_taken_along"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stall_declined",
        sa.Column("stall_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_stall_declined_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["stall_id"], ["stall.id"], name=op.f("fk_stall_declined_stall_id_stall")
        ),
        sa.PrimaryKeyConstraint("stall_id", "member_id", name=op.f("pk_stall_declined")),
    )
    with op.batch_alter_table("stall_declined", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stall_declined_member_id"), ["member_id"], unique=False)


def downgrade():
    op.drop_table("stall_declined")
