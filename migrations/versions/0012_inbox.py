"""Threads of the inbox and what is said in them."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('threads',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('e164', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('association_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('stopped', sa.Boolean(), nullable=False),
    sa.Column('unclear', sa.Boolean(), nullable=False),
    sa.Column('assigned_to', sa.Integer(), nullable=True),
    sa.Column('waiting_since', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('last_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assigned_to'], ['accounts.id'], name=op.f('fk_threads_assigned_to'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_threads_association_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_threads_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threads')),
    sa.UniqueConstraint('e164', name=op.f('uq_threads_e164'))
    )
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.create_index('ix_threads_place', ['association_id', 'state', 'last_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_threads_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_threads_assigned_to'), ['assigned_to'], unique=False)
        batch_op.create_index(batch_op.f('ix_threads_last_at'), ['last_at'], unique=False)

    op.create_table('thread_messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('incoming', sa.Boolean(), nullable=False),
    sa.Column('sid', sa.String(length=40), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('meaning', sa.String(length=12), nullable=False),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('blast_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_thread_messages_account_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_thread_messages_message_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_thread_messages_thread_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_messages')),
    sa.UniqueConstraint('sid', name=op.f('uq_thread_messages_sid'))
    )
    with op.batch_alter_table('thread_messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_thread_messages_thread_id'), ['thread_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_thread_messages_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_thread_messages_blast_id'), ['blast_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_thread_messages_at'), ['at'], unique=False)


def downgrade() -> None:
    op.drop_table('thread_messages')
    op.drop_table('threads')
