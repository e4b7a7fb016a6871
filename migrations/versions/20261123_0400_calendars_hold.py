"""What a calendar holds, and when it was told.

Who wants invitations has in their calendar what they were last told of.

Revision ID: 20261123_calendars_hold
Revises: 20261123_sent_forms
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_calendars_hold"
down_revision = "20261123_sent_forms"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("attendance") as table:
        table.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(
            sa.Column("in_calendar", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        "UPDATE attendance SET in_calendar = true WHERE told <> '' AND member_id NOT IN "
        "(SELECT member_id FROM own_calendar WHERE NOT by_mail)"
    )
    with op.batch_alter_table("gathering_guest") as table:
        table.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("gathering_guest") as table:
        table.drop_column("told_at")
    with op.batch_alter_table("attendance") as table:
        table.drop_column("in_calendar")
        table.drop_column("told_at")
