"""Rows of the index are narrow: what is looked up by term is asked who may find it, not its words.

Revision ID: 20261123_search_entry_narrow
Revises: 20261123_question_in_words

PostgreSQL asks each row that holds a word who may find it, and reads the page on which that row
stands. With the words beside it that is a page for each row; out of line, a hundred rows share one.
It holds for what is written from now on; `cop search rebuild` writes all of it anew.
"""

from alembic import op

revision = "20261123_search_entry_narrow"
down_revision = "20261123_question_in_words"
branch_labels = None
depends_on = None

NARROW = 128  # bytes: the least that PostgreSQL takes


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE search_entry SET (toast_tuple_target = {NARROW})")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_entry RESET (toast_tuple_target)")
