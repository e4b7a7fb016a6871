"""A question to those who match is on a theme, or on a topic in own words.

Revision ID: 20261123_question_in_words
Revises: 20261123_stall_declined
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_question_in_words"
down_revision = "20261123_stall_declined"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("expert_question") as question:
        question.alter_column("theme_id", existing_type=sa.Integer(), nullable=True)
        question.add_column(sa.Column("words", sa.LargeBinary(), nullable=True))
        question.create_check_constraint(
            op.f("ck_expert_question_one_topic"), "(theme_id IS NULL) <> (words IS NULL)"
        )


def downgrade():
    # Without a theme they could not go round.
    op.execute(
        "DELETE FROM expert_ask WHERE question_id IN"
        " (SELECT id FROM expert_question WHERE theme_id IS NULL)"
    )
    op.execute("DELETE FROM expert_question WHERE theme_id IS NULL")
    with op.batch_alter_table("expert_question") as question:
        question.drop_constraint(op.f("ck_expert_question_one_topic"), type_="check")
        question.drop_column("words")
        question.alter_column("theme_id", existing_type=sa.Integer(), nullable=False)
