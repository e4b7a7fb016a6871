"""What members want to hear about; more words of the field that mean the same.

Revision ID: 20261122_interests
Revises: 20261122_search
"""

import sqlalchemy as sa
from alembic import op

from cop.platform.db import UtcDateTime

revision = "20261122_interests"
down_revision = "20261122_search"
branch_labels = None
depends_on = None

CHANGED = {
    "cliënt, patiënt, bewoner": "cliënt, patiënt",
    "medicatie, medicijnen, geneesmiddelen": "medicatie, medicijnen, geneesmiddelen, pillen",
    "terugval, terugvallen, uitglijder, weer gebruiken": "terugval, terugvallen, uitglijder",
}
ADDED = (
    "detentie, gevangenis, cel, gedetineerde",
    "feestdagen, kerst, oud en nieuw",
    "salaris, loon, verdienen, vergoeding",
    "overdosis, bewusteloos, buiten bewustzijn, out",
    "tolk, vertalen, taal",
    "arts, dokter, huisarts",
    "vader, papa",
    "moeder, mama",
    "opa, oma, grootouders",
    "bankrekening, geld",
)
_synonyms = sa.table("search_synonyms", sa.column("words", sa.String))


def upgrade():
    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_interest_member_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_interest"),
    )
    op.create_index(
        "ix_interest_member_id_kind", "interest", ["member_id", "kind", "subject_id"]
    )
    op.create_table(
        "interest_profile",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("in_digest", sa.Boolean(), nullable=False),
        sa.Column("quiet_until", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name="fk_interest_profile_member_id_member"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_interest_profile"),
    )
    for was, now in CHANGED.items():
        op.execute(
            sa.update(_synonyms).where(_synonyms.c.words == was).values(words=now)
        )
    op.bulk_insert(_synonyms, [{"words": words} for words in ADDED])


def downgrade():
    op.execute(sa.delete(_synonyms).where(_synonyms.c.words.in_(ADDED)))
    for was, now in CHANGED.items():
        op.execute(
            sa.update(_synonyms).where(_synonyms.c.words == now).values(words=was)
        )
    op.drop_table("interest_profile")
    op.drop_table("interest")
