"""Search: the index, its engines, and the synonyms of the field.

Revision ID: 20261122_search
Revises: 20261122_presence
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from cop.platform.db import UtcDateTime

revision = "20261122_search"
down_revision = "20261122_presence"
branch_labels = None
depends_on = None

SYNONYMS = """
ghb, gammahydroxyboterzuur, gbl, vloeibare xtc, buisje
casus, casuistiek, casussen, casusbespreking
ggz, geestelijke gezondheidszorg, psychiatrie
poh, praktijkondersteuner, praktijkondersteuning
huisarts, huisartsenpraktijk
lvb, licht verstandelijke beperking, verstandelijk beperkt, verstandelijke beperking
ervaringsdeskundige, ervaringswerker, ervaringsdeskundigheid, ervaringskennis
naaste, familie, mantelzorger, familielid
cliënt, patiënt, bewoner
alcohol, drank, drinken
cannabis, wiet, hasj, blowen, joint
amfetamine, speed, pep
ecstasy, xtc, mdma
cocaïne, coke, crack, basecoke
opiaten, opioïden, heroïne, methadon, oxycodon
benzodiazepine, benzo, slaappil, slaapmiddel, kalmeringsmiddel
tabak, roken, nicotine, sigaret, vapen
gokken, gokverslaving, kansspel
gamen, gameverslaving
terugval, terugvallen, uitglijder
detox, afkicken, ontgifting, detoxificatie, ontwenning
schadebeperking, harm reduction
vaardigheidstraining, training
nazorg, vervolgzorg
dakloos, thuisloos, zwerven, op straat
opvang, maatschappelijke opvang, nachtopvang
zorgmachtiging, verplichte zorg, wvggz, dwang
suïcide, zelfdoding, zelfmoord
trek, craving, zucht
bewindvoering, bewindvoerder, schuldhulpverlening, schulden
onder invloed, dronken, stoned, intoxicatie
urinecontrole, plassen, uc
jongere, jeugd, puber, tiener
oudere, bejaarde, senior
huisverbod, huiselijk geweld
wijkteam, sociaal team
herstelgroep, zelfhulpgroep, lotgenotengroep
lotgenoot, lotgenotencontact
medicatie, medicijnen, geneesmiddelen
moreel beraad, ethisch overleg, dilemma
intervisie, onderlinge toetsing
eigen regie, zelfregie, autonomie
motiverende gespreksvoering, motiveren
"""


def upgrade():
    entry = op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("circle_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "lexemes", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_entry"),
        sa.UniqueConstraint("kind", "thing_id", "part", name="uq_search_entry_kind_thing_id_part"),
    )
    assert entry is not None
    op.create_index("ix_search_entry_circle_id", "search_entry", ["circle_id"])
    if op.get_bind().dialect.name == "postgresql":
        # What waits to be sorted into the index is read through by every search: keep it short.
        op.execute(
            "CREATE INDEX ix_search_entry_lexemes ON search_entry USING gin (lexemes)"
            " WITH (gin_pending_list_limit = 512)"
        )
        # Searching by a common word walks the rows; of a rare one it must know that it is rare.
        op.execute("ALTER TABLE search_entry ALTER COLUMN lexemes SET STATISTICS 1000")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search_terms USING fts5(lexemes, content='search_entry',"
            " content_rowid='id', detail='none', columnsize=0,"
            " tokenize=\"unicode61 remove_diacritics 0 tokenchars '~^+=:'\")"
        )
        op.execute(
            "CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN"
            " INSERT INTO search_terms (rowid, lexemes) VALUES (new.id, new.lexemes); END"
        )
        op.execute(
            "CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN"
            " INSERT INTO search_terms (search_terms, rowid, lexemes)"
            " VALUES ('delete', old.id, old.lexemes); END"
        )
    synonyms = op.create_table(
        "search_synonyms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_synonyms"),
    )
    op.bulk_insert(synonyms, [{"words": line} for line in SYNONYMS.strip().splitlines()])


def downgrade():
    op.drop_table("search_synonyms")
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TRIGGER search_entry_removed")
        op.execute("DROP TRIGGER search_entry_added")
        op.execute("DROP TABLE search_terms")
    op.drop_table("search_entry")
