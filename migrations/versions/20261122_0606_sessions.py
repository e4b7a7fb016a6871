"""Sessions of a group: where they are, who is there, what is written and taken along.

Revision ID: 20261122_sessions
Revises: 20261122_new_posts
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_sessions"
down_revision = "20261122_new_posts"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('group_method',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_group_method_circle_id_circle')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_method'))
    )
    with op.batch_alter_table('group_method', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_method_circle_id'), ['circle_id'], unique=False)

    op.create_table('group_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('gathering_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('method', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('theme', sa.LargeBinary(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('step_started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('added_seconds', sa.Integer(), nullable=False),
    sa.Column('opened_through', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_again_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_group_session_circle_id_circle')),
    sa.ForeignKeyConstraint(['gathering_id'], ['gathering.id'], name=op.f('fk_group_session_gathering_id_gathering')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_session')),
    sa.UniqueConstraint('gathering_id', name=op.f('uq_group_session_gathering_id'))
    )
    with op.batch_alter_table('group_session', schema=None) as batch_op:
        batch_op.create_index('ix_group_session_circle_id_state', ['circle_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_group_session_closed_at'), ['closed_at'], unique=False)

    op.create_table('session_participant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('leads', sa.Boolean(), nullable=False),
    sa.Column('may_lead', sa.Boolean(), nullable=False),
    sa.Column('presents', sa.Boolean(), nullable=False),
    sa.Column('came_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('there_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hand_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('speaking_since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_session_participant_member_id_member')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_session_participant_persona_id_persona')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_session_participant_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_participant')),
    sa.UniqueConstraint('session_id', 'member_id', name=op.f('uq_session_participant_session_id_member_id'))
    )
    with op.batch_alter_table('session_participant', schema=None) as batch_op:
        batch_op.create_index('ix_session_participant_member_id', ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_session_participant_persona_id'), ['persona_id'], unique=False)

    op.create_table('follow_up',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.LargeBinary(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.LargeBinary(), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_follow_up_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_follow_up_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up')),
    sa.UniqueConstraint('participant_id', 'key', name=op.f('uq_follow_up_participant_id_key'))
    )
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.create_index('ix_follow_up_due_on_done_at', ['due_on', 'done_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_follow_up_session_id'), ['session_id'], unique=False)

    op.create_table('session_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=True),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_session_entry_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_session_entry_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_entry')),
    sa.UniqueConstraint('session_id', 'participant_id', 'key', name=op.f('uq_session_entry_session_id_participant_id_key'))
    )
    with op.batch_alter_table('session_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_entry_participant_id'), ['participant_id'], unique=False)
        batch_op.create_index('ix_session_entry_session_id_id', ['session_id', 'id'], unique=False)

    op.create_table('session_evaluation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('answers', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_session_evaluation_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_session_evaluation_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_evaluation')),
    sa.UniqueConstraint('participant_id', 'turn', name=op.f('uq_session_evaluation_participant_id_turn'))
    )
    with op.batch_alter_table('session_evaluation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_evaluation_session_id'), ['session_id'], unique=False)

    op.create_table('session_note',
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_session_note_participant_id_session_participant')),
    sa.PrimaryKeyConstraint('participant_id', name=op.f('pk_session_note'))
    )
    op.create_table('session_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_session_reading_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_session_reading_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_reading'))
    )
    with op.batch_alter_table('session_reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_reading_participant_id'), ['participant_id'], unique=False)
        batch_op.create_index('ix_session_reading_session_id_id', ['session_id', 'id'], unique=False)

    op.create_table('speaking_turn',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['participant_id'], ['session_participant.id'], name=op.f('fk_speaking_turn_participant_id_session_participant')),
    sa.ForeignKeyConstraint(['session_id'], ['group_session.id'], name=op.f('fk_speaking_turn_session_id_group_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_speaking_turn'))
    )
    with op.batch_alter_table('speaking_turn', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_speaking_turn_participant_id'), ['participant_id'], unique=False)
        batch_op.create_index('ix_speaking_turn_session_id_round_step', ['session_id', 'round', 'step'], unique=False)



def downgrade():
    with op.batch_alter_table('speaking_turn', schema=None) as batch_op:
        batch_op.drop_index('ix_speaking_turn_session_id_round_step')
        batch_op.drop_index(batch_op.f('ix_speaking_turn_participant_id'))

    op.drop_table('speaking_turn')
    with op.batch_alter_table('session_reading', schema=None) as batch_op:
        batch_op.drop_index('ix_session_reading_session_id_id')
        batch_op.drop_index(batch_op.f('ix_session_reading_participant_id'))

    op.drop_table('session_reading')
    op.drop_table('session_note')
    with op.batch_alter_table('session_evaluation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_session_evaluation_session_id'))

    op.drop_table('session_evaluation')
    with op.batch_alter_table('session_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_session_entry_session_id_id')
        batch_op.drop_index(batch_op.f('ix_session_entry_participant_id'))

    op.drop_table('session_entry')
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_follow_up_session_id'))
        batch_op.drop_index('ix_follow_up_due_on_done_at')

    op.drop_table('follow_up')
    with op.batch_alter_table('session_participant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_session_participant_persona_id'))
        batch_op.drop_index('ix_session_participant_member_id')

    op.drop_table('session_participant')
    with op.batch_alter_table('group_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_session_closed_at'))
        batch_op.drop_index('ix_group_session_circle_id_state')

    op.drop_table('group_session')
    with op.batch_alter_table('group_method', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_method_circle_id'))

    op.drop_table('group_method')
