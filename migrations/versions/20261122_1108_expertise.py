"""Kenniskaart, contact by consent and blocking, and what is looked for in vain.

Revision ID: 20261122_expertise
Revises: 20261122_harvest
"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '20261122_expertise'
down_revision = '20261122_harvest'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('conversation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation'))
    )
    op.create_table('expertise_declined',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_expertise_declined_member_id_member')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_expertise_declined_theme_id_theme')),
    sa.PrimaryKeyConstraint('member_id', 'theme_id', name=op.f('pk_expertise_declined'))
    )
    op.create_table('topic_sought',
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('region', sa.String(length=60), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_topic_sought_theme_id_theme')),
    sa.PrimaryKeyConstraint('theme_id', 'token', name=op.f('pk_topic_sought'))
    )
    with op.batch_alter_table('topic_sought', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_sought_month'), ['month'], unique=False)

    op.create_table('block',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_block_member_id_member')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_block_persona_id_persona')),
    sa.PrimaryKeyConstraint('member_id', 'persona_id', name=op.f('pk_block'))
    )
    with op.batch_alter_table('block', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_block_persona_id'), ['persona_id'], unique=False)

    op.create_table('contact_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(length=20), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['from_id'], ['persona.id'], name=op.f('fk_contact_request_from_id_persona')),
    sa.ForeignKeyConstraint(['to_id'], ['persona.id'], name=op.f('fk_contact_request_to_id_persona')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_request'))
    )
    with op.batch_alter_table('contact_request', schema=None) as batch_op:
        batch_op.create_index('ix_contact_request_from_id_at', ['from_id', 'at'], unique=False)
        batch_op.create_index('ix_contact_request_to_id_answered_at', ['to_id', 'answered_at'], unique=False)

    op.create_table('conversation_side',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('read_upto', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_conversation_side_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_conversation_side_persona_id_persona')),
    sa.PrimaryKeyConstraint('conversation_id', 'persona_id', name=op.f('pk_conversation_side'))
    )
    with op.batch_alter_table('conversation_side', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversation_side_persona_id'), ['persona_id'], unique=False)

    op.create_table('expert_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handfuls', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_expert_question_persona_id_persona')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_expert_question_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_question'))
    )
    with op.batch_alter_table('expert_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expert_question_persona_id'), ['persona_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_question_theme_id'), ['theme_id'], unique=False)

    op.create_table('expertise_card',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('sort_key', sa.String(length=200), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('region', sa.String(length=60), nullable=False),
    sa.Column('about', sa.String(length=600), nullable=False),
    sa.Column('contact', sa.String(length=300), nullable=False),
    sa.Column('contact_shown', sa.String(length=8), nullable=False),
    sa.Column('often', sa.String(length=8), nullable=False),
    sa.Column('full', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'person') = (persona_id IS NOT NULL)", name=op.f('ck_expertise_card_person')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_expertise_card_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_expertise_card_persona_id_persona')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expertise_card')),
    sa.UniqueConstraint('persona_id', name=op.f('uq_expertise_card_persona_id'))
    )
    with op.batch_alter_table('expertise_card', schema=None) as batch_op:
        batch_op.create_index('ix_expertise_card_sort_key_id', ['sort_key', 'id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_message_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_message_persona_id_persona')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_conversation_id_id', ['conversation_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_persona_id'), ['persona_id'], unique=False)

    op.create_table('expert_ask',
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('card_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=3), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('conversation_id', sa.Integer(), nullable=True),
    sa.Column('thanked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['card_id'], ['expertise_card.id'], name=op.f('fk_expert_ask_card_id_expertise_card'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_expert_ask_conversation_id_conversation'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_expert_ask_persona_id_persona')),
    sa.ForeignKeyConstraint(['question_id'], ['expert_question.id'], name=op.f('fk_expert_ask_question_id_expert_question')),
    sa.PrimaryKeyConstraint('question_id', 'persona_id', name=op.f('pk_expert_ask'))
    )
    with op.batch_alter_table('expert_ask', schema=None) as batch_op:
        batch_op.create_index('ix_expert_ask_persona_id_at', ['persona_id', 'at'], unique=False)

    op.create_table('expertise_keeper',
    sa.Column('card_id', sa.Integer(), nullable=False),
    sa.Column('persona_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['asked_by_id'], ['persona.id'], name=op.f('fk_expertise_keeper_asked_by_id_persona')),
    sa.ForeignKeyConstraint(['card_id'], ['expertise_card.id'], name=op.f('fk_expertise_keeper_card_id_expertise_card')),
    sa.ForeignKeyConstraint(['persona_id'], ['persona.id'], name=op.f('fk_expertise_keeper_persona_id_persona')),
    sa.PrimaryKeyConstraint('card_id', 'persona_id', name=op.f('pk_expertise_keeper'))
    )
    with op.batch_alter_table('expertise_keeper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expertise_keeper_persona_id'), ['persona_id'], unique=False)

    op.create_table('expertise_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('card_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.String(length=80), nullable=False),
    sa.Column('knowledge', sa.String(length=12), nullable=False),
    sa.Column('ask', sa.String(length=240), nullable=False),
    sa.Column('shown', sa.String(length=8), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(theme_id IS NULL) <> (words = '')", name=op.f('ck_expertise_line_one_topic')),
    sa.ForeignKeyConstraint(['card_id'], ['expertise_card.id'], name=op.f('fk_expertise_line_card_id_expertise_card')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_expertise_line_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expertise_line'))
    )
    with op.batch_alter_table('expertise_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expertise_line_theme_id'), ['theme_id'], unique=False)
        batch_op.create_index('uq_expertise_line_card_theme', ['card_id', 'theme_id'], unique=True)

    with op.batch_alter_table("interest_profile", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("at_once", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("told_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("interest_profile", schema=None) as batch_op:
        batch_op.alter_column("at_once", server_default=None)


def downgrade():
    with op.batch_alter_table("interest_profile", schema=None) as batch_op:
        batch_op.drop_column("told_until")
        batch_op.drop_column("at_once")
    with op.batch_alter_table("expertise_line", schema=None) as batch_op:
        batch_op.drop_index('uq_expertise_line_card_theme')
        batch_op.drop_index(batch_op.f('ix_expertise_line_theme_id'))

    op.drop_table('expertise_line')
    with op.batch_alter_table('expertise_keeper', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_expertise_keeper_persona_id'))

    op.drop_table('expertise_keeper')
    with op.batch_alter_table('expert_ask', schema=None) as batch_op:
        batch_op.drop_index('ix_expert_ask_persona_id_at')

    op.drop_table('expert_ask')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_persona_id'))
        batch_op.drop_index('ix_message_conversation_id_id')

    op.drop_table('message')
    with op.batch_alter_table('expertise_card', schema=None) as batch_op:
        batch_op.drop_index('ix_expertise_card_sort_key_id')

    op.drop_table('expertise_card')
    with op.batch_alter_table('expert_question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_expert_question_theme_id'))
        batch_op.drop_index(batch_op.f('ix_expert_question_persona_id'))

    op.drop_table('expert_question')
    with op.batch_alter_table('conversation_side', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conversation_side_persona_id'))

    op.drop_table('conversation_side')
    with op.batch_alter_table('contact_request', schema=None) as batch_op:
        batch_op.drop_index('ix_contact_request_to_id_answered_at')
        batch_op.drop_index('ix_contact_request_from_id_at')

    op.drop_table('contact_request')
    with op.batch_alter_table('block', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_block_persona_id'))

    op.drop_table('block')
    with op.batch_alter_table('topic_sought', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_topic_sought_month'))

    op.drop_table('topic_sought')
    op.drop_table('expertise_declined')
    op.drop_table('conversation')
