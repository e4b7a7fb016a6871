"""Moreel beraad: dilemma, value table, weighings, reports and their approvals.

Revision ID: 20261122_beraad
Revises: 20261122_discussion_polls
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_beraad"
down_revision = "20261122_discussion_polls"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('beraad',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('starter', sa.String(length=40), nullable=True),
    sa.Column('situation', sa.LargeBinary(), nullable=False),
    sa.Column('choice_a', sa.LargeBinary(), nullable=False),
    sa.Column('damage_a', sa.LargeBinary(), nullable=False),
    sa.Column('choice_b', sa.LargeBinary(), nullable=False),
    sa.Column('damage_b', sa.LargeBinary(), nullable=False),
    sa.Column('question', sa.LargeBinary(), nullable=False),
    sa.Column('dilemma_version', sa.Integer(), nullable=False),
    sa.Column('conclusion', sa.LargeBinary(), nullable=False),
    sa.Column('conclusion_version', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_beraad_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_beraad')),
    sa.UniqueConstraint('session_id', name=op.f('uq_beraad_session_id'))
    )
    op.create_table('beraad_perspective',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('beraad_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['persona.id'], name=op.f('fk_beraad_perspective_author_id_persona')),
    sa.ForeignKeyConstraint(['beraad_id'], ['beraad.id'], name=op.f('fk_beraad_perspective_beraad_id_beraad')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_beraad_perspective')),
    sa.UniqueConstraint('beraad_id', 'author_id', 'key', name=op.f('uq_beraad_perspective_beraad_id_author_id_key'))
    )
    with op.batch_alter_table('beraad_perspective', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_beraad_perspective_author_id'), ['author_id'], unique=False)

    op.create_table('beraad_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('beraad_id', sa.Integer(), nullable=False),
    sa.Column('form', sa.String(length=8), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('audience', sa.String(length=12), nullable=True),
    sa.Column('circle_id', sa.Integer(), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("audience <> 'circle' OR circle_id IS NOT NULL", name=op.f('ck_beraad_report_circle_is_named')),
    sa.ForeignKeyConstraint(['beraad_id'], ['beraad.id'], name=op.f('fk_beraad_report_beraad_id_beraad')),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_beraad_report_circle_id_circle')),
    sa.ForeignKeyConstraint(['made_by_id'], ['persona.id'], name=op.f('fk_beraad_report_made_by_id_persona')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_beraad_report')),
    sa.UniqueConstraint('beraad_id', 'form', name=op.f('uq_beraad_report_beraad_id_form'))
    )
    with op.batch_alter_table('beraad_report', schema=None) as batch_op:
        batch_op.create_index('ix_beraad_report_circle_id_approved_at', ['circle_id', 'approved_at'], unique=False)
        batch_op.create_index('ix_beraad_report_form_approved_at', ['form', 'approved_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_beraad_report_made_by_id'), ['made_by_id'], unique=False)

    op.create_table('beraad_weighing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('beraad_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('choice', sa.String(length=8), nullable=False),
    sa.Column('right', sa.LargeBinary(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=False),
    sa.Column('despite', sa.LargeBinary(), nullable=False),
    sa.Column('lessen', sa.LargeBinary(), nullable=False),
    sa.Column('asks', sa.LargeBinary(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['persona.id'], name=op.f('fk_beraad_weighing_author_id_persona')),
    sa.ForeignKeyConstraint(['beraad_id'], ['beraad.id'], name=op.f('fk_beraad_weighing_beraad_id_beraad')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_beraad_weighing')),
    sa.UniqueConstraint('beraad_id', 'author_id', name=op.f('uq_beraad_weighing_beraad_id_author_id'))
    )
    with op.batch_alter_table('beraad_weighing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_beraad_weighing_author_id'), ['author_id'], unique=False)

    op.create_table('beraad_approval',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_beraad_approval_persona_id_persona')),
    sa.ForeignKeyConstraint(['report_id'], ['beraad_report.id'], name=op.f('fk_beraad_approval_report_id_beraad_report')),
    sa.PrimaryKeyConstraint('report_id', 'persona_id', name=op.f('pk_beraad_approval'))
    )
    with op.batch_alter_table('beraad_approval', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_beraad_approval_persona_id'), ['persona_id'], unique=False)

    op.create_table('beraad_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('beraad_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=40), nullable=False),
    sa.Column('perspective_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['persona.id'], name=op.f('fk_beraad_entry_author_id_persona')),
    sa.ForeignKeyConstraint(['beraad_id'], ['beraad.id'], name=op.f('fk_beraad_entry_beraad_id_beraad')),
    sa.ForeignKeyConstraint(['perspective_id'], ['beraad_perspective.id'], name=op.f('fk_beraad_entry_perspective_id_beraad_perspective')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_beraad_entry')),
    sa.UniqueConstraint('beraad_id', 'author_id', 'key', name=op.f('uq_beraad_entry_beraad_id_author_id_key'))
    )
    with op.batch_alter_table('beraad_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_beraad_entry_author_id'), ['author_id'], unique=False)
        batch_op.create_index('ix_beraad_entry_beraad_id_id', ['beraad_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_beraad_entry_perspective_id'), ['perspective_id'], unique=False)

    op.create_table('beraad_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('where', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_beraad_reading_persona_id_persona')),
    sa.ForeignKeyConstraint(['report_id'], ['beraad_report.id'], name=op.f('fk_beraad_reading_report_id_beraad_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_beraad_reading'))
    )
    with op.batch_alter_table('beraad_reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_beraad_reading_persona_id'), ['persona_id'], unique=False)
        batch_op.create_index('ix_beraad_reading_report_id_id', ['report_id', 'id'], unique=False)


def downgrade():
    with op.batch_alter_table('beraad_reading', schema=None) as batch_op:
        batch_op.drop_index('ix_beraad_reading_report_id_id')
        batch_op.drop_index(batch_op.f('ix_beraad_reading_persona_id'))

    op.drop_table('beraad_reading')
    with op.batch_alter_table('beraad_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_beraad_entry_perspective_id'))
        batch_op.drop_index('ix_beraad_entry_beraad_id_id')
        batch_op.drop_index(batch_op.f('ix_beraad_entry_author_id'))

    op.drop_table('beraad_entry')
    with op.batch_alter_table('beraad_approval', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_beraad_approval_persona_id'))

    op.drop_table('beraad_approval')
    with op.batch_alter_table('beraad_weighing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_beraad_weighing_author_id'))

    op.drop_table('beraad_weighing')
    with op.batch_alter_table('beraad_report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_beraad_report_made_by_id'))
        batch_op.drop_index('ix_beraad_report_form_approved_at')
        batch_op.drop_index('ix_beraad_report_circle_id_approved_at')

    op.drop_table('beraad_report')
    with op.batch_alter_table('beraad_perspective', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_beraad_perspective_author_id'))

    op.drop_table('beraad_perspective')
    op.drop_table('beraad')
