"""The numbers of guests never come back (SQLite gives the last one again otherwise).

Revision ID: 20261122_guest_numbers
Revises: 20261122_guest_leads
"""

from alembic import op

revision = "20261122_guest_numbers"
down_revision = "20261122_guest_leads"
branch_labels = None
depends_on = None


def upgrade():
    _made_anew(sqlite_autoincrement=True)


def downgrade():
    _made_anew(sqlite_autoincrement=False)


def _made_anew(**how):
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("gathering_guest", recreate="always", table_kwargs=how):
            pass
