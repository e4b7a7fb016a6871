"""Groups: who is in them, who facilitates, their dates; gatherings that are not certain yet.

Revision ID: 20261122_groups
Revises: 20261122_sessions
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_groups"
down_revision = "20261122_sessions"
branch_labels = None
depends_on = None


def moment(name, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def to(table, column, other, key="id"):
    """A foreign key, named as all are."""
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade():
    with op.batch_alter_table("gathering") as gathering:
        gathering.add_column(sa.Column("provisional", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("gathering") as gathering:
        gathering.alter_column("provisional", server_default=None)
    op.create_table(
        "meeting_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("sort_key", sa.String(200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("purpose_html", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("rules_html", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        moment("rules_at"),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("every_weeks", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        moment("created_at"),
        moment("archived_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        to("meeting_group", "circle_id", "circle"),
        to("meeting_group", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_group")),
        sa.UniqueConstraint("circle_id", name=op.f("uq_meeting_group_circle_id")),
    )
    op.create_index(op.f("ix_meeting_group_sort_key"), "meeting_group", ["sort_key"])
    op.create_index(op.f("ix_meeting_group_organisation_id"), "meeting_group", ["organisation_id"])
    op.create_table(
        "group_agreement",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        moment("agreed_at"),
        to("group_agreement", "group_id", "meeting_group"),
        to("group_agreement", "member_id", "member"),
        to("group_agreement", "persona_id", "persona"),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_group_agreement")),
    )
    op.create_index(op.f("ix_group_agreement_member_id"), "group_agreement", ["member_id"])
    op.create_index(op.f("ix_group_agreement_persona_id"), "group_agreement", ["persona_id"])
    op.create_table(
        "group_facilitator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("persona_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        moment("at"),
        sa.CheckConstraint(
            "member_id IS NOT NULL OR gathering_id IS NOT NULL",
            name=op.f("ck_group_facilitator_outside_for_one_date"),
        ),
        to("group_facilitator", "group_id", "meeting_group"),
        to("group_facilitator", "gathering_id", "gathering"),
        to("group_facilitator", "member_id", "member"),
        to("group_facilitator", "persona_id", "persona"),
        to("group_facilitator", "by_id", "persona"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_facilitator")),
        sa.UniqueConstraint("group_id", "persona_id", name=op.f("uq_group_facilitator_group_id_persona_id")),
    )
    op.create_index("ix_group_facilitator_group_id_state", "group_facilitator", ["group_id", "state"])
    for column in ("gathering_id", "member_id", "persona_id"):
        op.create_index(op.f(f"ix_group_facilitator_{column}"), "group_facilitator", [column])
    op.create_table(
        "group_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        to("group_date", "group_id", "meeting_group"),
        to("group_date", "gathering_id", "gathering"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_date")),
        sa.UniqueConstraint("gathering_id", name=op.f("uq_group_date_gathering_id")),
    )
    op.create_index("ix_group_date_group_id_series", "group_date", ["group_id", "series"])
    op.create_table(
        "trained_facilitator",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=False),
        sa.Column("intervisie", sa.Boolean(), nullable=False),
        sa.Column("beraad", sa.Boolean(), nullable=False),
        sa.Column("training", sa.String(500), nullable=False),
        moment("since"),
        to("trained_facilitator", "member_id", "member"),
        to("trained_facilitator", "persona_id", "persona"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_trained_facilitator")),
        sa.UniqueConstraint("persona_id", name=op.f("uq_trained_facilitator_persona_id")),
    )


def downgrade():
    for table in (
        "trained_facilitator",
        "group_date",
        "group_facilitator",
        "group_agreement",
        "meeting_group",
    ):
        op.drop_table(table)
    with op.batch_alter_table("gathering") as gathering:
        gathering.drop_column("provisional")
