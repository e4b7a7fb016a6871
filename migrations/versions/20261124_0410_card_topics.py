"""A topic may stand on a card once for each kind of knowledge.

Revision ID: 20261124_card_topics
Revises: 20261124_more_synonyms
"""

from alembic import op

revision = "20261124_card_topics"
down_revision = "20261124_more_synonyms"
branch_labels = None
depends_on = None

TABLE, BEFORE, AFTER = (
    "expertise_line",
    "uq_expertise_line_card_theme",
    "uq_expertise_line_card_topic",
)


def upgrade():
    op.drop_index(BEFORE, TABLE)
    op.create_index(AFTER, TABLE, ["card_id", "theme_id", "knowledge"], unique=True)


def downgrade():
    """Of a topic that stands there twice the first stays: the older code knows one."""
    op.execute(
        "DELETE FROM expertise_line WHERE theme_id IS NOT NULL AND id NOT IN"
        " (SELECT first FROM (SELECT min(id) AS first FROM expertise_line"
        " WHERE theme_id IS NOT NULL GROUP BY card_id, theme_id) AS kept)"
    )
    op.drop_index(AFTER, TABLE)
    op.create_index(BEFORE, TABLE, ["card_id", "theme_id"], unique=True)
