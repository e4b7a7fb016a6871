"""What was taken along without a day long before anybody was reminded of it counts as reminded.

Else the first run would send the whole past at once. What is younger comes back in its turn.

Revision ID: 20261123_long_taken_along
Revises: 20261123_queue_press
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "20261123_long_taken_along"
down_revision = "20261123_queue_press"
branch_labels = None
depends_on = None

LONG = timedelta(weeks=8)
FOLLOW_UP = sa.table(
    "follow_up",
    sa.column("due_on", sa.Date()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("reminded_at", sa.DateTime(timezone=True)),
)


def upgrade():
    columns = FOLLOW_UP.c
    op.execute(
        FOLLOW_UP.update()
        .values(reminded_at=columns.at)
        .where(
            columns.due_on.is_(None),
            columns.reminded_at.is_(None),
            columns.at < datetime.now(UTC) - LONG,
        )
    )


def downgrade():
    """Nothing to undo: who was reminded, and who counts as such, look the same."""
