"""Intervisie: themes and votes, the queue of cases and who is asked, whether a series goes on.

Revision ID: 20261122_intervisie
Revises: 20261122_practices
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_intervisie"
down_revision = "20261122_practices"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('case_turn',
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('asked_round', sa.Integer(), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_case_turn_circle_id_circle')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_case_turn_member_id_member')),
    sa.PrimaryKeyConstraint('circle_id', 'member_id', name=op.f('pk_case_turn'))
    )
    with op.batch_alter_table('case_turn', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_turn_member_id'), ['member_id'], unique=False)

    op.create_table('go_on_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_go_on_question_circle_id_circle')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_go_on_question'))
    )
    with op.batch_alter_table('go_on_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_go_on_question_circle_id'), ['circle_id'], unique=False)

    op.create_table('go_on_answer',
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('says', sa.String(length=8), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_go_on_answer_member_id_member')),
    sa.ForeignKeyConstraint(['question_id'], ['go_on_question.id'], name=op.f('fk_go_on_answer_question_id_go_on_question')),
    sa.PrimaryKeyConstraint('question_id', 'member_id', name=op.f('pk_go_on_answer'))
    )
    with op.batch_alter_table('go_on_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_go_on_answer_member_id'), ['member_id'], unique=False)

    op.create_table('case_ask',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=8), nullable=True),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_case_ask_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_case_ask_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_ask')),
    sa.UniqueConstraint('session_id', 'participant_id', name=op.f('uq_case_ask_session_id_participant_id'))
    )
    op.create_table('case_offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('question', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['learning_case.id'], name=op.f('fk_case_offer_case_id_learning_case'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_case_offer_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_case_offer_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_offer')),
    sa.UniqueConstraint('participant_id', 'key', name=op.f('uq_case_offer_participant_id_key'))
    )
    with op.batch_alter_table('case_offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_offer_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_case_offer_session_id_id', ['session_id', 'id'], unique=False)
        batch_op.create_index('uq_case_offer_active', ['session_id'], unique=True, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))

    op.create_table('theme_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=True),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_theme_proposal_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_theme_proposal_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_theme_proposal')),
    sa.UniqueConstraint('participant_id', 'key', name=op.f('uq_theme_proposal_participant_id_key'))
    )
    with op.batch_alter_table('theme_proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_theme_proposal_session_id'), ['session_id'], unique=False)

    op.create_table('theme_vote',
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_theme_vote_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['proposal_id'], ['theme_proposal.id'], name=op.f('fk_theme_vote_proposal_id_theme_proposal')),
    sa.PrimaryKeyConstraint('participant_id', name=op.f('pk_theme_vote'))
    )
    with op.batch_alter_table('theme_vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_theme_vote_proposal_id'), ['proposal_id'], unique=False)



def downgrade():
    with op.batch_alter_table('theme_vote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_theme_vote_proposal_id'))

    op.drop_table('theme_vote')
    with op.batch_alter_table('theme_proposal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_theme_proposal_session_id'))

    op.drop_table('theme_proposal')
    with op.batch_alter_table('case_offer', schema=None) as batch_op:
        batch_op.drop_index('uq_case_offer_active', sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.drop_index('ix_case_offer_session_id_id')
        batch_op.drop_index(batch_op.f('ix_case_offer_case_id'))

    op.drop_table('case_offer')
    op.drop_table('case_ask')
    with op.batch_alter_table('go_on_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_go_on_answer_member_id'))

    op.drop_table('go_on_answer')
    with op.batch_alter_table('go_on_question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_go_on_question_circle_id'))

    op.drop_table('go_on_question')
    with op.batch_alter_table('case_turn', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_turn_member_id'))

    op.drop_table('case_turn')
