"""Practices, harvests and interests in the digest as often as a member wants them, or not.

Whoever wanted nothing in a digest any more gets none of it; who wanted all of it weekly, this too.

Revision ID: 20261122_rest_of_the_digest
Revises: 20261122_plans_apart
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_rest_of_the_digest"
down_revision = "20261122_plans_apart"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("mail_preference") as table:
        table.add_column(sa.Column("rest", sa.String(6), nullable=False, server_default="daily"))
        table.add_column(sa.Column("rest_until", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE mail_preference SET rest_until = daily_until")
    op.execute(
        "UPDATE mail_preference SET rest = 'site' WHERE asked = 'site' AND joined IN ('site', 'each')"
    )
    op.execute(
        "UPDATE mail_preference SET rest = 'weekly' WHERE asked = 'weekly' AND joined = 'weekly'"
    )
    with op.batch_alter_table("mail_preference") as table:
        table.alter_column("rest", existing_type=sa.String(6), server_default=None)
        table.alter_column(
            "rest_until", existing_type=sa.DateTime(timezone=True), nullable=False
        )


def downgrade():
    with op.batch_alter_table("mail_preference") as table:
        table.drop_column("rest_until")
        table.drop_column("rest")
