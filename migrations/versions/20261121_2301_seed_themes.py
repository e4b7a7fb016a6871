"""Themes of the field, to begin with; administrators edit them afterwards.

Revision ID: 20261121_seed_themes
Revises: 20261121_first_whole
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_seed_themes"
down_revision = "20261121_first_whole"
branch_labels = None
depends_on = None

# group → (slug, Dutch, English)
THEMES = {
    "substance": [
        ("alcohol", "Alcohol", "Alcohol"),
        ("opiaten", "Opiaten", "Opiates"),
        ("cannabis", "Cannabis", "Cannabis"),
        ("cocaine", "Cocaïne", "Cocaine"),
        ("amfetamine", "Amfetamine", "Amphetamine"),
        ("medicijnen", "Medicijnen", "Medicines"),
        ("ghb", "GHB", "GHB"),
        ("ecstasy", "Ecstasy", "Ecstasy"),
        ("tabak", "Tabak", "Tobacco"),
    ],
    "behaviour": [
        ("gokken", "Gokken", "Gambling"),
        ("gamen", "Gamen", "Gaming"),
        ("eten", "Eten", "Eating"),
    ],
    "group": [
        ("jongeren", "Jongeren", "Young people"),
        ("lvb", "LVB", "Mild intellectual disability"),
        ("ouderen", "Ouderen", "Older people"),
        ("comorbiditeit", "Comorbiditeit", "Comorbidity"),
        (
            "kinderen-van-verslaafde-ouders",
            "Kinderen van verslaafde ouders",
            "Children of parents with an addiction",
        ),
    ],
    "care": [
        ("preventie", "Preventie", "Prevention"),
        ("vroegsignalering", "Vroegsignalering", "Early detection"),
        ("ambulant", "Ambulant", "Outpatient"),
        ("klinisch", "Klinisch", "Inpatient"),
        ("e-health", "E-health", "E-health"),
        ("forensisch", "Forensisch", "Forensic"),
        ("huisarts-en-poh", "Huisarts en POH", "General practice"),
    ],
    "theme": [
        ("herstel", "Herstel", "Recovery"),
        ("terugval", "Terugval", "Relapse"),
        ("schadebeperking", "Schadebeperking", "Harm reduction"),
        ("stigma", "Stigma", "Stigma"),
        ("eigen-regie", "Eigen regie", "Self-direction"),
        ("motivatie", "Motivatie", "Motivation"),
        ("dwang-en-drang", "Dwang en drang", "Coercion"),
        ("suicidepreventie", "Suïcidepreventie", "Suicide prevention"),
        ("samenwerken-met-naasten", "Samenwerken met naasten", "Working with loved ones"),
        ("ervaringsdeskundigheid", "Ervaringsdeskundigheid", "Lived experience"),
    ],
    "partner": [
        ("jeugdzorg", "Jeugdzorg", "Youth care"),
        ("onderwijs", "Onderwijs", "Education"),
        ("politie-en-justitie", "Politie en justitie", "Police and justice"),
        ("opvang", "Opvang", "Shelter"),
        ("wijkteam", "Wijkteam", "Neighbourhood team"),
        ("gemeente", "Gemeente", "Municipality"),
    ],
}

theme = sa.table(
    "theme",
    sa.column("slug", sa.String),
    sa.column("group", sa.String),
    sa.column("name_nl", sa.String),
    sa.column("name_en", sa.String),
    sa.column("position", sa.Integer),
)


def upgrade() -> None:
    rows = [
        {"slug": slug, "group": group, "name_nl": nl, "name_en": en}
        for group, members in THEMES.items()
        for slug, nl, en in members
    ]
    op.bulk_insert(theme, [row | {"position": n} for n, row in enumerate(rows)])


def downgrade() -> None:
    slugs = [slug for members in THEMES.values() for slug, _nl, _en in members]
    op.execute(sa.delete(theme).where(theme.c.slug.in_(slugs)))
