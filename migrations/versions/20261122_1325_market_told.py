"""Markets: which plan people were told of, and a count of changes that a planning looks at.

Revision ID: 20261122_market_told
Revises: 20261122_guest_numbers
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_market_told"
down_revision = "20261122_guest_numbers"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    market = sa.table(
        "market", sa.column("told"), sa.column("plan"), sa.column("state", sa.String())
    )
    op.execute(market.update().where(market.c.state != "announced").values(told=market.c.plan))
    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.alter_column("told", server_default=None)
        batch_op.alter_column("changes", server_default=None)


def downgrade():
    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.drop_column("changes")
        batch_op.drop_column("told")
