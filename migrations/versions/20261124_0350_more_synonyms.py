"""More synonyms of the field; what administrators changed stays as they have it.

Revision ID: 20261124_more_synonyms
Revises: 20261123_search_entry_narrow
"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_more_synonyms"
down_revision = "20261123_search_entry_narrow"
branch_labels = None
depends_on = None

WIDER = {
    "suïcide, zelfdoding, zelfmoord": "suïcide, zelfdoding, zelfmoord, suïcidaal, suïcidale",
    "lotgenoot, lotgenotencontact": "lotgenoot, lotgenotencontact, peersupport, peer support",
}
MORE = """
salaris, loon, verdienen, beloning
beroepsgeheim, geheimhouding, zwijgplicht
spuitomruil, spuitenruil, naaldenruil
crisiskaart, crisisplan, signaleringsplan, terugvalpreventieplan
wrap, herstelplan
trauma, ptss, posttraumatische stressstoornis
autisme, autistisch, autismespectrumstoornis
adhd, aandachtstekort
depressie, depressief, somber, somberheid
psychose, psychotisch
maatje, buddy
kopp, kvo, kinderen van verslaafde ouders
jeugdzorg, jeugdhulp, jeugdbescherming
wachtlijst, wachttijd
slapeloosheid, slaapproblemen, slecht slapen
zwanger, zwangerschap
stigma, taboe, vooroordeel
"""
SYNONYMS = sa.table("search_synonyms", sa.column("words", sa.String))


def _words(line):
    return {word.strip() for word in line.split(",")}


def upgrade():
    there = list(op.get_bind().scalars(sa.select(SYNONYMS.c.words)))
    if not there:
        return  # administrators want none
    known = set().union(*map(_words, there))
    for before, after in WIDER.items():
        if not (_words(after) - _words(before)) & known:
            op.execute(
                SYNONYMS.update().where(SYNONYMS.c.words == before).values(words=after)
            )
    new = [line for line in MORE.strip().splitlines() if not _words(line) & known]
    if new:
        op.bulk_insert(SYNONYMS, [{"words": line} for line in new])


def downgrade():
    op.execute(SYNONYMS.delete().where(SYNONYMS.c.words.in_(MORE.strip().splitlines())))
    for before, after in WIDER.items():
        op.execute(SYNONYMS.update().where(SYNONYMS.c.words == after).values(words=before))
