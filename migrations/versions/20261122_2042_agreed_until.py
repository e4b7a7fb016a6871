"""Who agrees to a case agrees until a day: what was told so far, at most two years.

Revision ID: 20261122_agreed_until
Revises: 20261122_more_words
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from cop.platform.db import UtcDateTime

revision = "20261122_agreed_until"
down_revision = "20261122_more_words"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("case_consent") as table:
        table.add_column(sa.Column("until", UtcDateTime(), nullable=True))
    consent = sa.table(
        "case_consent",
        sa.column("id", sa.Integer),
        sa.column("case_id", sa.Integer),
        sa.column("given_at", UtcDateTime()),
        sa.column("until", UtcDateTime()),
    )
    case = sa.table(
        "learning_case", sa.column("id", sa.Integer), sa.column("remove_at", UtcDateTime())
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(consent.c.id, consent.c.given_at, case.c.remove_at).join_from(
            consent, case, case.c.id == consent.c.case_id
        )
    ).all()
    for row in rows:
        until = row.remove_at or row.given_at + timedelta(days=731)
        connection.execute(
            sa.update(consent).where(consent.c.id == row.id).values(until=until)
        )
    with op.batch_alter_table("case_consent") as table:
        table.alter_column("until", existing_type=UtcDateTime(), nullable=False)


def downgrade():
    with op.batch_alter_table("case_consent") as table:
        table.drop_column("until")
