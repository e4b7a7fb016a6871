"""Where a member hears of each of their interests.

Revision ID: 20261122_interest_channels
Revises: 20261122_brought_lists
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_interest_channels"
down_revision = "20261122_brought_lists"
branch_labels = None
depends_on = None

OF_THEIRS = "SELECT {} FROM interest_profile WHERE interest_profile.member_id = interest.member_id"


def upgrade():
    with op.batch_alter_table("interest_profile") as table:
        table.add_column(
            sa.Column("by_mail", sa.String(8), nullable=False, server_default="digest")
        )
    op.execute("UPDATE interest_profile SET by_mail = 'not' WHERE NOT in_digest")
    op.execute("UPDATE interest_profile SET by_mail = 'at_once' WHERE at_once")
    with op.batch_alter_table("interest_profile") as table:
        table.alter_column("by_mail", existing_type=sa.String(8), server_default=None)
        table.drop_column("in_digest")
        table.drop_column("at_once")
    with op.batch_alter_table("interest") as table:
        table.add_column(
            sa.Column("on_site", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        table.add_column(
            sa.Column("by_mail", sa.String(8), nullable=False, server_default="digest")
        )
        table.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("earlier", sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE interest SET changed_at = created_at")
    for name in ("on_site", "by_mail"):
        theirs = OF_THEIRS.format(name)
        op.execute(f"UPDATE interest SET {name} = ({theirs}) WHERE EXISTS ({theirs})")
    with op.batch_alter_table("interest") as table:
        table.alter_column("on_site", existing_type=sa.Boolean(), server_default=None)
        table.alter_column("by_mail", existing_type=sa.String(8), server_default=None)
        table.alter_column("earlier", existing_type=sa.JSON(), server_default=None)
        table.alter_column(
            "changed_at", existing_type=sa.DateTime(timezone=True), nullable=False
        )


def downgrade():
    with op.batch_alter_table("interest") as table:
        for name in ("earlier", "changed_at", "by_mail", "on_site"):
            table.drop_column(name)
    with op.batch_alter_table("interest_profile") as table:
        table.add_column(
            sa.Column("in_digest", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        table.add_column(
            sa.Column("at_once", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute("UPDATE interest_profile SET in_digest = (by_mail = 'digest')")
    op.execute("UPDATE interest_profile SET at_once = (by_mail = 'at_once')")
    with op.batch_alter_table("interest_profile") as table:
        for name in ("in_digest", "at_once"):
            table.alter_column(name, existing_type=sa.Boolean(), server_default=None)
        table.drop_column("by_mail")
