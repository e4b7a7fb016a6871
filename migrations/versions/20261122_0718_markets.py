"""Markets: asks and offers, stalls, wishes, plans and places.

Revision ID: 20261122_markets
Revises: 20261122_interests

"""
from alembic import op
import sqlalchemy as sa


revision = '20261122_markets'
down_revision = '20261122_interests'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('market',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('gathering_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('rounds', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('pause', sa.Integer(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('nameless_questions', sa.Boolean(), nullable=False),
    sa.Column('plan', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('minutes BETWEEN 5 AND 90', name=op.f('ck_market_minutes')),
    sa.CheckConstraint('rounds BETWEEN 1 AND 12', name=op.f('ck_market_rounds')),
    sa.ForeignKeyConstraint(['gathering_id'], ['gathering.id'], name=op.f('fk_market_gathering_id_gathering')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_market')),
    sa.UniqueConstraint('gathering_id', name=op.f('uq_market_gathering_id'))
    )
    op.create_table('market_audience',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('space_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(space_id IS NULL) <> (organisation_id IS NULL)', name=op.f('ck_market_audience_one_of_two')),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_audience_market_id_market')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_market_audience_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_market_audience_space_id_space')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_market_audience')),
    sa.UniqueConstraint('market_id', 'organisation_id', name=op.f('uq_market_audience_market_id_organisation_id')),
    sa.UniqueConstraint('market_id', 'space_id', name=op.f('uq_market_audience_market_id_space_id'))
    )
    with op.batch_alter_table('market_audience', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_market_audience_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_market_audience_space_id'), ['space_id'], unique=False)

    op.create_table('market_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('side', sa.String(length=6), nullable=False),
    sa.Column('line', sa.String(length=200), nullable=False),
    sa.Column('expects', sa.String(length=300), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_entry_market_id_market')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_market_entry_member_id_member')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_market_entry_persona_id_persona')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_market_entry_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_market_entry')),
    sa.UniqueConstraint('member_id', 'key', name=op.f('uq_market_entry_member_id_key'))
    )
    with op.batch_alter_table('market_entry', schema=None) as batch_op:
        batch_op.create_index('ix_market_entry_market_id_side', ['market_id', 'side', 'withdrawn_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_market_entry_persona_id'), ['persona_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_market_entry_theme_id'), ['theme_id'], unique=False)

    op.create_table('market_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('stage', sa.Integer(), nullable=False),
    sa.Column('wishes', sa.Integer(), nullable=False),
    sa.Column('met', sa.Integer(), nullable=False),
    sa.Column('bound', sa.Integer(), nullable=True),
    sa.Column('repeats', sa.Integer(), nullable=False),
    sa.Column('colleagues', sa.Integer(), nullable=False),
    sa.Column('trouble', sa.String(length=20), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_plan_market_id_market')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_market_plan')),
    sa.UniqueConstraint('market_id', 'number', name=op.f('uq_market_plan_market_id_number'))
    )
    op.create_table('market_theme',
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_theme_market_id_market')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_market_theme_theme_id_theme')),
    sa.PrimaryKeyConstraint('market_id', 'theme_id', name=op.f('pk_market_theme'))
    )
    with op.batch_alter_table('market_theme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_market_theme_theme_id'), ['theme_id'], unique=False)

    op.create_table('entry_second',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['market_entry.id'], name=op.f('fk_entry_second_entry_id_market_entry')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_entry_second_member_id_member')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_entry_second_persona_id_persona')),
    sa.PrimaryKeyConstraint('entry_id', 'member_id', name=op.f('pk_entry_second'))
    )
    with op.batch_alter_table('entry_second', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_second_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_entry_second_persona_id'), ['persona_id'], unique=False)

    op.create_table('market_match',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('ask_id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['ask_id'], ['market_entry.id'], name=op.f('fk_market_match_ask_id_market_entry')),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_match_market_id_market')),
    sa.ForeignKeyConstraint(['offer_id'], ['market_entry.id'], name=op.f('fk_market_match_offer_id_market_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_market_match')),
    sa.UniqueConstraint('ask_id', 'offer_id', name=op.f('uq_market_match_ask_id_offer_id'))
    )
    with op.batch_alter_table('market_match', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_market_match_market_id'), ['market_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_market_match_offer_id'), ['offer_id'], unique=False)

    op.create_table('stall',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('rounds', sa.Integer(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('seats >= 1', name=op.f('ck_stall_has_a_seat')),
    sa.ForeignKeyConstraint(['entry_id'], ['market_entry.id'], name=op.f('fk_stall_entry_id_market_entry')),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_stall_market_id_market')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_stall_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stall')),
    sa.UniqueConstraint('market_id', 'number', name=op.f('uq_stall_market_id_number'))
    )
    with op.batch_alter_table('stall', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stall_entry_id'), ['entry_id'], unique=False)

    op.create_table('market_place',
    sa.Column('market_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('stall_id', sa.Integer(), nullable=True),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_market_place_market_id_market')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_market_place_member_id_member')),
    sa.ForeignKeyConstraint(['stall_id'], ['stall.id'], name=op.f('fk_market_place_stall_id_stall')),
    sa.PrimaryKeyConstraint('market_id', 'member_id', 'round', name=op.f('pk_market_place'))
    )
    with op.batch_alter_table('market_place', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_market_place_member_id'), ['member_id'], unique=False)
        batch_op.create_index('ix_market_place_stall_id_round', ['stall_id', 'round'], unique=False)

    op.create_table('stall_holder',
    sa.Column('stall_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_stall_holder_member_id_member')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_stall_holder_persona_id_persona')),
    sa.ForeignKeyConstraint(['stall_id'], ['stall.id'], name=op.f('fk_stall_holder_stall_id_stall')),
    sa.PrimaryKeyConstraint('stall_id', 'member_id', name=op.f('pk_stall_holder'))
    )
    with op.batch_alter_table('stall_holder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stall_holder_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stall_holder_persona_id'), ['persona_id'], unique=False)

    op.create_table('stall_wish',
    sa.Column('stall_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('chosen', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_stall_wish_member_id_member')),
    sa.ForeignKeyConstraint(['stall_id'], ['stall.id'], name=op.f('fk_stall_wish_stall_id_stall')),
    sa.PrimaryKeyConstraint('stall_id', 'member_id', name=op.f('pk_stall_wish'))
    )
    with op.batch_alter_table('stall_wish', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stall_wish_member_id'), ['member_id'], unique=False)



def downgrade():
    with op.batch_alter_table('stall_wish', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stall_wish_member_id'))

    op.drop_table('stall_wish')
    with op.batch_alter_table('stall_holder', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stall_holder_persona_id'))
        batch_op.drop_index(batch_op.f('ix_stall_holder_member_id'))

    op.drop_table('stall_holder')
    with op.batch_alter_table('market_place', schema=None) as batch_op:
        batch_op.drop_index('ix_market_place_stall_id_round')
        batch_op.drop_index(batch_op.f('ix_market_place_member_id'))

    op.drop_table('market_place')
    with op.batch_alter_table('stall', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stall_entry_id'))

    op.drop_table('stall')
    with op.batch_alter_table('market_match', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_market_match_offer_id'))
        batch_op.drop_index(batch_op.f('ix_market_match_market_id'))

    op.drop_table('market_match')
    with op.batch_alter_table('entry_second', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entry_second_persona_id'))
        batch_op.drop_index(batch_op.f('ix_entry_second_member_id'))

    op.drop_table('entry_second')
    with op.batch_alter_table('market_theme', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_market_theme_theme_id'))

    op.drop_table('market_theme')
    op.drop_table('market_plan')
    with op.batch_alter_table('market_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_market_entry_theme_id'))
        batch_op.drop_index(batch_op.f('ix_market_entry_persona_id'))
        batch_op.drop_index('ix_market_entry_market_id_side')

    op.drop_table('market_entry')
    with op.batch_alter_table('market_audience', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_market_audience_space_id'))
        batch_op.drop_index(batch_op.f('ix_market_audience_organisation_id'))

    op.drop_table('market_audience')
    op.drop_table('market')
