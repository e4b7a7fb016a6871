"""Who agreed at a market to stay in touch writes in a conversation: no second words beside it.

And which host asked somebody to host as well, and which files came along into an opbrengst.

Revision ID: 20261122_market_contacts
Revises: 20261122_numbers
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_market_contacts"
down_revision = "20261122_numbers"
branch_labels = None
depends_on = None

FK = "fk_market_floor_offered_by_id_persona"


def upgrade():
    with op.batch_alter_table("market_contact") as table:
        table.drop_column("to_words")
    with op.batch_alter_table("market_floor") as table:
        table.add_column(sa.Column("offered_by_id", sa.Integer(), nullable=True))
        table.create_foreign_key(FK, "persona", ["offered_by_id"], ["id"])
    with op.batch_alter_table("stall_item") as table:
        table.add_column(
            sa.Column("in_yield", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("stall_item") as table:
        table.alter_column("in_yield", existing_type=sa.Boolean(), server_default=None)


def downgrade():
    with op.batch_alter_table("stall_item") as table:
        table.drop_column("in_yield")
    with op.batch_alter_table("market_floor") as table:
        table.drop_constraint(FK, type_="foreignkey")
        table.drop_column("offered_by_id")
    with op.batch_alter_table("market_contact") as table:
        table.add_column(sa.Column("to_words", sa.LargeBinary(), nullable=True))
