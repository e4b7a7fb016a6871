"""Practices: sections with versions, who writes, what others say; what was made of what.

Revision ID: 20261122_practices
Revises: 20261122_beraad
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_practices"
down_revision = "20261122_beraad"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('origin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_kind', sa.String(length=20), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('into_kind', sa.String(length=20), nullable=False),
    sa.Column('into_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_origin')),
    sa.UniqueConstraint('from_kind', 'from_id', 'into_kind', 'into_id', name=op.f('uq_origin_from_kind_from_id_into_kind_into_id'))
    )
    with op.batch_alter_table('origin', schema=None) as batch_op:
        batch_op.create_index('ix_origin_into_kind_into_id', ['into_kind', 'into_id'], unique=False)

    op.create_table('practice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('space_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('words', sa.Integer(), nullable=False),
    sa.Column('knowledge', sa.JSON(), nullable=False),
    sa.Column('started_by_id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_for', sa.Date(), nullable=True),
    sa.Column('years_told', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_practice_circle_id_circle')),
    sa.ForeignKeyConstraint(['contact_id'], ['persona.id'], name=op.f('fk_practice_contact_id_persona')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_practice_space_id_space')),
    sa.ForeignKeyConstraint(['started_by_id'], ['persona.id'], name=op.f('fk_practice_started_by_id_persona')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice'))
    )
    with op.batch_alter_table('practice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practice_circle_id'), ['circle_id'], unique=False)
        batch_op.create_index('ix_practice_review_on', ['review_on'], unique=False)
        batch_op.create_index('ix_practice_space_id_state', ['space_id', 'state', 'published_at'], unique=False)
        batch_op.create_index('ix_practice_state_published_at', ['state', 'published_at', 'id'], unique=False)

    op.create_table('practice_comparison',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('practice_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.LargeBinary(), nullable=False),
    sa.Column('shared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_practice_comparison_circle_id_circle')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_practice_comparison_persona_id_persona')),
    sa.ForeignKeyConstraint(['practice_id'], ['practice.id'], name=op.f('fk_practice_comparison_practice_id_practice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_comparison')),
    sa.UniqueConstraint('practice_id', 'persona_id', name=op.f('uq_practice_comparison_practice_id_persona_id'))
    )
    with op.batch_alter_table('practice_comparison', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practice_comparison_persona_id'), ['persona_id'], unique=False)

    op.create_table('practice_editor',
    sa.Column('practice_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('named_to_visitors', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['persona.id'], name=op.f('fk_practice_editor_asked_by_id_persona')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_practice_editor_persona_id_persona')),
    sa.ForeignKeyConstraint(['practice_id'], ['practice.id'], name=op.f('fk_practice_editor_practice_id_practice')),
    sa.PrimaryKeyConstraint('practice_id', 'persona_id', name=op.f('pk_practice_editor'))
    )
    with op.batch_alter_table('practice_editor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practice_editor_persona_id'), ['persona_id'], unique=False)

    op.create_table('practice_experience',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('practice_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=8), nullable=False),
    sa.Column('context', sa.Text(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('words', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_practice_experience_circle_id_circle')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_practice_experience_persona_id_persona')),
    sa.ForeignKeyConstraint(['practice_id'], ['practice.id'], name=op.f('fk_practice_experience_practice_id_practice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_experience')),
    sa.UniqueConstraint('practice_id', 'persona_id', name=op.f('uq_practice_experience_practice_id_persona_id'))
    )
    with op.batch_alter_table('practice_experience', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practice_experience_persona_id'), ['persona_id'], unique=False)
        batch_op.create_index('ix_practice_experience_practice_id_at', ['practice_id', 'at'], unique=False)

    op.create_table('practice_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('practice_id', sa.Integer(), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('over_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['persona.id'], name=op.f('fk_practice_revision_by_id_persona')),
    sa.ForeignKeyConstraint(['practice_id'], ['practice.id'], name=op.f('fk_practice_revision_practice_id_practice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_revision')),
    sa.UniqueConstraint('practice_id', 'section', 'version', name=op.f('uq_practice_revision_practice_id_section_version'))
    )
    with op.batch_alter_table('practice_revision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practice_revision_by_id'), ['by_id'], unique=False)

    op.create_table('practice_section',
    sa.Column('practice_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=16), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('shown_from', sa.Integer(), nullable=True),
    sa.Column('opened_by_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['opened_by_id'], ['persona.id'], name=op.f('fk_practice_section_opened_by_id_persona')),
    sa.ForeignKeyConstraint(['practice_id'], ['practice.id'], name=op.f('fk_practice_section_practice_id_practice')),
    sa.PrimaryKeyConstraint('practice_id', 'name', name=op.f('pk_practice_section'))
    )
    op.create_table('practice_theme',
    sa.Column('practice_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['practice_id'], ['practice.id'], name=op.f('fk_practice_theme_practice_id_practice')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_practice_theme_theme_id_theme')),
    sa.PrimaryKeyConstraint('practice_id', 'theme_id', name=op.f('pk_practice_theme'))
    )
    with op.batch_alter_table('practice_theme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practice_theme_theme_id'), ['theme_id'], unique=False)

    op.create_table('practice_use',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('practice_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=True),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_practice_use_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_practice_use_persona_id_persona')),
    sa.ForeignKeyConstraint(['practice_id'], ['practice.id'], name=op.f('fk_practice_use_practice_id_practice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_use')),
    sa.UniqueConstraint('practice_id', 'organisation_id', 'persona_id', name=op.f('uq_practice_use_practice_id_organisation_id_persona_id'))
    )
    with op.batch_alter_table('practice_use', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practice_use_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_practice_use_persona_id'), ['persona_id'], unique=False)



def downgrade():
    with op.batch_alter_table('practice_use', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_practice_use_persona_id'))
        batch_op.drop_index(batch_op.f('ix_practice_use_organisation_id'))

    op.drop_table('practice_use')
    with op.batch_alter_table('practice_theme', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_practice_theme_theme_id'))

    op.drop_table('practice_theme')
    op.drop_table('practice_section')
    with op.batch_alter_table('practice_revision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_practice_revision_by_id'))

    op.drop_table('practice_revision')
    with op.batch_alter_table('practice_experience', schema=None) as batch_op:
        batch_op.drop_index('ix_practice_experience_practice_id_at')
        batch_op.drop_index(batch_op.f('ix_practice_experience_persona_id'))

    op.drop_table('practice_experience')
    with op.batch_alter_table('practice_editor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_practice_editor_persona_id'))

    op.drop_table('practice_editor')
    with op.batch_alter_table('practice_comparison', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_practice_comparison_persona_id'))

    op.drop_table('practice_comparison')
    with op.batch_alter_table('practice', schema=None) as batch_op:
        batch_op.drop_index('ix_practice_state_published_at')
        batch_op.drop_index('ix_practice_space_id_state')
        batch_op.drop_index('ix_practice_review_on')
        batch_op.drop_index(batch_op.f('ix_practice_circle_id'))

    op.drop_table('practice')
    with op.batch_alter_table('origin', schema=None) as batch_op:
        batch_op.drop_index('ix_origin_into_kind_into_id')

    op.drop_table('origin')
