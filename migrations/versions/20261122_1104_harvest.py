"""What markets leave behind: yields, open asks, what people take along, looking back.

Revision ID: 20261122_harvest
Revises: 20261122_contact_withdrawn

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '20261122_harvest'
down_revision = '20261122_contact_withdrawn'
branch_labels = None
depends_on = None


def upgrade():

    op.create_table('market_evaluation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('got', sa.Integer(), nullable=True),
    sa.Column('met', sa.Integer(), nullable=True),
    sa.Column('again', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('again BETWEEN 1 AND 5', name=op.f('ck_market_evaluation_again')),
    sa.CheckConstraint('got BETWEEN 1 AND 5', name=op.f('ck_market_evaluation_got')),
    sa.CheckConstraint('met BETWEEN 1 AND 5', name=op.f('ck_market_evaluation_met')),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_evaluation_market_id_market')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_market_evaluation_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_market_evaluation')),
    sa.UniqueConstraint('market_id', 'member_id', name=op.f('uq_market_evaluation_market_id_member_id'))
    )
    with op.batch_alter_table('market_evaluation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_market_evaluation_member_id'), ['member_id'], unique=False)

    op.create_table('market_harvest',
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_harvest_market_id_market')),
    sa.PrimaryKeyConstraint('market_id', name=op.f('pk_market_harvest'))
    )
    with op.batch_alter_table('market_harvest', schema=None) as batch_op:
        batch_op.create_index('ix_market_harvest_opened_at', ['opened_at'], unique=False)

    op.create_table('ask_after',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('answered', sa.Boolean(), nullable=True),
    sa.Column('went', sa.String(length=6), nullable=True),
    sa.Column('discussion_id', sa.Integer(), nullable=True),
    sa.Column('into_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['discussion_id'], ['discussion.id'], name=op.f('fk_ask_after_discussion_id_discussion')),
    sa.ForeignKeyConstraint(['entry_id'], ['market_entry.id'], name=op.f('fk_ask_after_entry_id_market_entry')),
    sa.ForeignKeyConstraint(['into_id'], ['market.id'], name=op.f('fk_ask_after_into_id_market')),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_ask_after'))
    )
    op.create_table('market_taken_along',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('stall_id', sa.Integer(), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.LargeBinary(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.LargeBinary(), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_taken_along_market_id_market')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_market_taken_along_member_id_member')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_market_taken_along_persona_id_persona')),
    sa.ForeignKeyConstraint(['stall_id'], ['stall.id'], name=op.f('fk_market_taken_along_stall_id_stall')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_market_taken_along')),
    sa.UniqueConstraint('member_id', 'key', name=op.f('uq_market_taken_along_member_id_key'))
    )
    with op.batch_alter_table('market_taken_along', schema=None) as batch_op:
        batch_op.create_index('ix_market_taken_along_due_on_done_at', ['due_on', 'done_at'], unique=False)
        batch_op.create_index('ix_market_taken_along_market_id_shared', ['market_id', 'shared'], unique=False)

    op.create_table('stall_yield',
    sa.Column('stall_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('words', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['persona.id'], name=op.f('fk_stall_yield_by_id_persona')),
    sa.ForeignKeyConstraint(['stall_id'], ['stall.id'], name=op.f('fk_stall_yield_stall_id_stall')),
    sa.PrimaryKeyConstraint('stall_id', name=op.f('pk_stall_yield'))
    )
    with op.batch_alter_table('stall_yield', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stall_yield_by_id'), ['by_id'], unique=False)



def downgrade():

    with op.batch_alter_table('stall_yield', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stall_yield_by_id'))

    op.drop_table('stall_yield')
    with op.batch_alter_table('market_taken_along', schema=None) as batch_op:
        batch_op.drop_index('ix_market_taken_along_market_id_shared')
        batch_op.drop_index('ix_market_taken_along_due_on_done_at')

    op.drop_table('market_taken_along')
    op.drop_table('ask_after')
    with op.batch_alter_table('market_harvest', schema=None) as batch_op:
        batch_op.drop_index('ix_market_harvest_opened_at')

    op.drop_table('market_harvest')
    with op.batch_alter_table('market_evaluation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_market_evaluation_member_id'))

    op.drop_table('market_evaluation')
