"""Digests find what is new by its moment.

Revision ID: 20261122_new_posts
Revises: 20261122_date_polls
"""

from alembic import op

revision = "20261122_new_posts"
down_revision = "20261122_date_polls"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_post_created_at", "post", ["created_at"])


def downgrade():
    op.drop_index("ix_post_created_at", "post")
