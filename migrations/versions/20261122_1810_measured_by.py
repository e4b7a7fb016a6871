"""Whose a measure and its values are, so that nobody's words are read by more people.

Revision ID: 20261122_measured_by
Revises: 20261122_site_mark
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_measured_by"
down_revision = "20261122_site_mark"
branch_labels = None
depends_on = None

TABLES = ("measure", "measure_value")


def upgrade():
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("added_by_id", sa.Integer(), nullable=True))
            table.create_foreign_key(
                f"fk_{name}_added_by_id_persona", "persona", ["added_by_id"], ["id"]
            )


def downgrade():
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"fk_{name}_added_by_id_persona", type_="foreignkey")
            table.drop_column("added_by_id")
