"""Markets: which plan people were told of, and a count of changes that a planning looks at.

Revision ID: 20261122_market_told
Revises: 20261122_market_contacts
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_market_told"
down_revision = "20261122_market_contacts"
branch_labels = None
depends_on = None


def upgrade():
    # The default stays: taking it away would have SQLite make the table anew.
    for name in ("told", "changes"):
        op.add_column("market", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    market = sa.table(
        "market", sa.column("told"), sa.column("plan"), sa.column("state", sa.String())
    )
    op.execute(market.update().where(market.c.state != "announced").values(told=market.c.plan))


def downgrade():
    for name in ("changes", "told"):
        op.drop_column("market", name)
