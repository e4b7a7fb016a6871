"""Places belong to a plan; a merged stall leads to the one it went into; an offer to its ask.

Revision ID: 20261122_plans_apart
Revises: 20261122_interest_channels
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_plans_apart"
down_revision = "20261122_interest_channels"
branch_labels = None
depends_on = None

OF_THEIRS = "SELECT plan FROM market WHERE market.id = market_place.market_id"


def upgrade():
    with op.batch_alter_table("market_place") as table:
        table.add_column(sa.Column("plan", sa.Integer(), nullable=False, server_default="0"))
    op.execute(f"UPDATE market_place SET plan = ({OF_THEIRS})")  # noqa: S608  # no words of others
    # Until now people followed whatever plan was there, brought out or not.
    op.execute("UPDATE market SET told = plan WHERE told <> 0")
    with op.batch_alter_table("market_place") as table:
        table.alter_column("plan", existing_type=sa.Integer(), server_default=None)
        table.drop_constraint("pk_market_place", type_="primary")
        table.create_primary_key("pk_market_place", ["market_id", "plan", "member_id", "round"])
    with op.batch_alter_table("stall") as table:
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            "fk_stall_merged_into_id_stall", "stall", ["merged_into_id"], ["id"]
        )
        table.create_index("ix_stall_merged_into_id", ["merged_into_id"])
    with op.batch_alter_table("market_entry") as table:
        table.add_column(sa.Column("answers_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            "fk_market_entry_answers_id_market_entry", "market_entry", ["answers_id"], ["id"]
        )
        table.create_index("ix_market_entry_answers_id", ["answers_id"])


def downgrade():
    with op.batch_alter_table("market_entry") as table:
        table.drop_index("ix_market_entry_answers_id")
        table.drop_constraint("fk_market_entry_answers_id_market_entry", type_="foreignkey")
        table.drop_column("answers_id")
    with op.batch_alter_table("stall") as table:
        table.drop_index("ix_stall_merged_into_id")
        table.drop_constraint("fk_stall_merged_into_id_stall", type_="foreignkey")
        table.drop_column("merged_into_id")
    op.execute(f"DELETE FROM market_place WHERE plan <> ({OF_THEIRS})")  # noqa: S608
    with op.batch_alter_table("market_place") as table:
        table.drop_constraint("pk_market_place", type_="primary")
        table.create_primary_key("pk_market_place", ["market_id", "member_id", "round"])
        table.drop_column("plan")
