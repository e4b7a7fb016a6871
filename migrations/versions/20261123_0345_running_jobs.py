"""A job's key is free for another wish as soon as it is begun.

Revision ID: 20261123_running_jobs
Revises: 20261122_rest_of_the_digest
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_running_jobs"
down_revision = "20261122_rest_of_the_digest"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("job", sa.Column("running_key", sa.String(200), nullable=True))
    op.create_index("ix_job_running_key", "job", ["running_key"])


def downgrade():
    op.execute(
        "UPDATE job SET key = running_key WHERE running_key IS NOT NULL AND id = "
        "(SELECT min(id) FROM job AS one WHERE one.running_key = job.running_key)"
        " AND NOT EXISTS (SELECT 1 FROM job AS one WHERE one.key = job.running_key)"
    )
    op.drop_index("ix_job_running_key", table_name="job")
    with op.batch_alter_table("job") as table:
        table.drop_column("running_key")
