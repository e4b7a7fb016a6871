"""A role of the site is asked: it holds once the member says yes.

Revision ID: 20261122_roles
Revises: 20261122_mail_begun
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_roles"
down_revision = "20261122_mail_begun"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "role_offer",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_role_offer_by_id_member")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_role_offer_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_role_offer")),
    )
    op.create_index(op.f("ix_role_offer_by_id"), "role_offer", ["by_id"])


def downgrade():
    op.drop_index(op.f("ix_role_offer_by_id"), "role_offer")
    op.drop_table("role_offer")
