"""Who took part in a date of a group, as its facilitator confirmed.

Revision ID: 20261122_presence
Revises: 20261122_live
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_presence"
down_revision = "20261122_live"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "group_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("facilitator", sa.String(80), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"], name=op.f("fk_group_presence_gathering_id_gathering")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_group_presence_member_id_member")),
        sa.ForeignKeyConstraint(["persona_id"], ["persona.id"], name=op.f("fk_group_presence_persona_id_persona")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_presence")),
        sa.UniqueConstraint("gathering_id", "member_id", name=op.f("uq_group_presence_gathering_id_member_id")),
    )
    op.create_index(op.f("ix_group_presence_member_id"), "group_presence", ["member_id"])
    op.create_index(op.f("ix_group_presence_persona_id"), "group_presence", ["persona_id"])


def downgrade():
    op.drop_table("group_presence")
