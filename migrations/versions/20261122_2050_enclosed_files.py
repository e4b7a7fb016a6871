"""Files that are enclosed with a report.

Revision ID: 20261122_enclosed_files
Revises: 20261122_agreed_until
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_enclosed_files"
down_revision = "20261122_agreed_until"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "report_file",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_report_file_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_file_report_id_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_report_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_report_file_file_id")),
    )


def downgrade():
    op.drop_table("report_file")
