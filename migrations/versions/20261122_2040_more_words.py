"""More words that mean the same; lists that somebody changed keep what they say.

Revision ID: 20261122_more_words
Revises: 20261122_session_roles
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_more_words"
down_revision = "20261122_session_roles"
branch_labels = None
depends_on = None

# What a line said, and what it says; None is a new one.
CHANGED = (
    ("urinecontrole, plassen, uc", "urinecontrole, urinetest, plassen, uc"),
    (None, "overdosis, overdose, buiten bewustzijn"),
    (None, "gevangenis, detentie, gedetineerde, vastzitten, bajes"),
    (None, "forensisch, reclassering"),
    (None, "pijnstiller, oxycodon, opiaat"),
    (None, "loon, salaris, verdienen, vergoeding"),
    (None, "loot box, lootbox"),
    (None, "rookvrij, rookverbod"),
    (None, "e-health, ehealth, app, beeldbellen, online hulp"),
    (None, "3-mmc, 4-mmc, poes, miauw, designerdrug"),
    (None, "ketamine, keta"),
    (None, "lachgas, ballon"),
    (None, "fentanyl, nitazeen"),
    (None, "psychose, psychotisch"),
    (None, "depressie, depressief, somber, neerslachtig"),
    (None, "angst, paniek, bang"),
    (None, "slapeloosheid, slecht slapen, slaapprobleem"),
    (None, "kinderen van verslaafde ouders, kopp, kvo"),
    (None, "ervaringsverhaal, herstelverhaal"),
    (None, "begrijpelijk, eenvoudig, gewone taal"),
    (None, "terugvalpreventieplan, terugvalplan, signaleringsplan"),
    (None, "buddy, maatje"),
)
LINES = sa.table("search_synonyms", sa.column("words", sa.String))


def upgrade():
    for old, new in CHANGED:
        if old is None:
            op.execute(sa.insert(LINES).values(words=new))
        else:
            op.execute(sa.update(LINES).where(LINES.c.words == old).values(words=new))


def downgrade():
    for old, new in CHANGED:
        if old is None:
            op.execute(sa.delete(LINES).where(LINES.c.words == new))
        else:
            op.execute(sa.update(LINES).where(LINES.c.words == new).values(words=old))
