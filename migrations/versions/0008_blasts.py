"""Blasts, consents, failing numbers, and the pace of senders."""

import sqlalchemy as sa
from alembic import op

import organizer.db

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('failing_numbers',
    sa.Column('e164', sa.String(length=20), nullable=False),
    sa.Column('in_a_row', sa.Integer(), nullable=False),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('dead', sa.Boolean(), nullable=False),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('e164', name=op.f('pk_failing_numbers'))
    )
    op.create_table('sender_paces',
    sa.Column('sender', sa.String(length=40), nullable=False),
    sa.Column('free_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sender', name=op.f('pk_sender_paces'))
    )
    op.create_table('blast_templates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('category', sa.String(length=12), nullable=False),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_blast_templates_association_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blast_templates'))
    )
    op.create_index(op.f('ix_blast_templates_association_id'), 'blast_templates', ['association_id'], unique=False)
    op.create_table('blasts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('category', sa.String(length=12), nullable=False),
    sa.Column('important', sa.Boolean(), nullable=False),
    sa.Column('include', sa.JSON(), nullable=False),
    sa.Column('exclude', sa.JSON(), nullable=False),
    sa.Column('signed_up_to', sa.Integer(), nullable=True),
    sa.Column('with_recent', sa.Boolean(), nullable=False),
    sa.Column('with_abroad', sa.Boolean(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('typed', sa.Text(), nullable=True),
    sa.Column('sender', sa.String(length=11), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=True),
    sa.Column('survey_id', sa.Integer(), nullable=True),
    sa.Column('asks', sa.Boolean(), nullable=False),
    sa.Column('send_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('look_first', sa.Boolean(), nullable=False),
    sa.Column('any_hour_by', sa.Integer(), nullable=True),
    sa.Column('any_hour_why', sa.String(length=280), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=False),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('authors', sa.JSON(), nullable=False),
    sa.Column('copy_of', sa.Integer(), nullable=True),
    sa.Column('proved_hash', sa.String(length=64), nullable=True),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('asked_of', sa.JSON(), nullable=False),
    sa.Column('escalate_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=True),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('approved_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('valid_until', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('frozen_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('recipients', sa.Integer(), nullable=True),
    sa.Column('parts', sa.Integer(), nullable=True),
    sa.Column('left_out', sa.JSON(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('started_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('finished_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('paused_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('paused_why', sa.String(length=12), nullable=True),
    sa.Column('paused_code', sa.Integer(), nullable=True),
    sa.Column('waits_until', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('handed', sa.Integer(), nullable=False),
    sa.Column('looked', sa.Boolean(), nullable=False),
    sa.Column('accepted_failures', sa.Integer(), nullable=False),
    sa.Column('accepted_handed', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['any_hour_by'], ['accounts.id'], name=op.f('fk_blasts_any_hour_by')),
    sa.ForeignKeyConstraint(['approved_by'], ['accounts.id'], name=op.f('fk_blasts_approved_by')),
    sa.ForeignKeyConstraint(['asked_by'], ['accounts.id'], name=op.f('fk_blasts_asked_by')),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_blasts_association_id')),
    sa.ForeignKeyConstraint(['created_by'], ['accounts.id'], name=op.f('fk_blasts_created_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blasts'))
    )
    op.create_index(op.f('ix_blasts_association_id'), 'blasts', ['association_id'], unique=False)
    op.create_index(op.f('ix_blasts_copy_of'), 'blasts', ['copy_of'], unique=False)
    op.create_index(op.f('ix_blasts_state'), 'blasts', ['state'], unique=False)
    op.create_table('consents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('purpose', sa.String(length=12), nullable=False),
    sa.Column('how', sa.String(length=12), nullable=False),
    sa.Column('evidence', sa.String(length=200), nullable=False),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('revoked_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_consents_account_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_consents_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['revoked_by'], ['accounts.id'], name=op.f('fk_consents_revoked_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    op.create_index('ix_consents_person', 'consents', ['person_id', 'purpose', 'revoked_at'], unique=False)
    op.create_table('blast_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('blast_id', sa.Integer(), nullable=False),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('what', sa.String(length=12), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_blast_events_account_id')),
    sa.ForeignKeyConstraint(['blast_id'], ['blasts.id'], name=op.f('fk_blast_events_blast_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blast_events'))
    )
    op.create_index(op.f('ix_blast_events_blast_id'), 'blast_events', ['blast_id'], unique=False)
    op.add_column('messages', sa.Column('blast_id', sa.Integer(), nullable=True))
    op.add_column('messages', sa.Column('association_id', sa.Integer(), nullable=True))
    op.create_index('ix_messages_blast', 'messages', ['blast_id', 'state', 'id'], unique=False, sqlite_where=sa.text('blast_id IS NOT NULL'), postgresql_where=sa.text('blast_id IS NOT NULL'))
    op.create_index('uq_messages_blast_number', 'messages', ['blast_id', 'e164'], unique=True, sqlite_where=sa.text('blast_id IS NOT NULL'), postgresql_where=sa.text('blast_id IS NOT NULL'))
    op.create_index('uq_messages_blast_person', 'messages', ['blast_id', 'person_id'], unique=True, sqlite_where=sa.text('blast_id IS NOT NULL'), postgresql_where=sa.text('blast_id IS NOT NULL'))
    op.drop_index("ix_messages_next", table_name="messages")
    op.create_index("ix_messages_next", "messages", ["priority", "not_before", "id"], unique=False, sqlite_where=sa.text("state = 'queued' AND blast_id IS NULL"), postgresql_where=sa.text("state = 'queued' AND blast_id IS NULL"))


def downgrade() -> None:
    op.drop_index("ix_messages_next", table_name="messages")
    op.execute("DELETE FROM messages WHERE blast_id IS NOT NULL")
    op.create_index("ix_messages_next", "messages", ["priority", "not_before", "id"], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
    op.drop_index('uq_messages_blast_person', table_name='messages', sqlite_where=sa.text('blast_id IS NOT NULL'), postgresql_where=sa.text('blast_id IS NOT NULL'))
    op.drop_index('uq_messages_blast_number', table_name='messages', sqlite_where=sa.text('blast_id IS NOT NULL'), postgresql_where=sa.text('blast_id IS NOT NULL'))
    op.drop_index('ix_messages_blast', table_name='messages', sqlite_where=sa.text('blast_id IS NOT NULL'), postgresql_where=sa.text('blast_id IS NOT NULL'))
    op.drop_column('messages', 'association_id')
    op.drop_column('messages', 'blast_id')
    op.drop_index(op.f('ix_blast_events_blast_id'), table_name='blast_events')
    op.drop_table('blast_events')
    op.drop_index('ix_consents_person', table_name='consents')
    op.drop_table('consents')
    op.drop_index(op.f('ix_blasts_state'), table_name='blasts')
    op.drop_index(op.f('ix_blasts_copy_of'), table_name='blasts')
    op.drop_index(op.f('ix_blasts_association_id'), table_name='blasts')
    op.drop_table('blasts')
    op.drop_index(op.f('ix_blast_templates_association_id'), table_name='blast_templates')
    op.drop_table('blast_templates')
    op.drop_table('sender_paces')
    op.drop_table('failing_numbers')
