"""A request for contact at a market that was refused stays known when it is taken back."""

import sqlalchemy as sa
from alembic import op

from cop.platform.db import UtcDateTime

revision = "20261122_contact_withdrawn"
down_revision = "20261122_market_floor"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("market_contact") as batch:
        batch.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("market_contact") as batch:
        batch.drop_column("withdrawn_at")
