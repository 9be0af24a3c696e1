"""Campaigns, the call queue, shifts and messages."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('acquaintances',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_acquaintances_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_acquaintances_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'person_id', name=op.f('pk_acquaintances'))
    )
    with op.batch_alter_table('acquaintances', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acquaintances_person_id'), ['person_id'], unique=False)

    op.create_table('campaigns',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('template', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('target', sa.JSON(), nullable=False),
    sa.Column('opening', sa.Text(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=True),
    sa.Column('goal', sa.Integer(), nullable=True),
    sa.Column('hours', sa.JSON(), nullable=False),
    sa.Column('any_hour', sa.Boolean(), nullable=False),
    sa.Column('max_attempts', sa.Integer(), nullable=False),
    sa.Column('pauses', sa.JSON(), nullable=False),
    sa.Column('follow_ups', sa.JSON(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('standing', sa.Boolean(), nullable=False),
    sa.Column('asks_money', sa.Boolean(), nullable=False),
    sa.Column('nix_checked', sa.Boolean(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('started_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('closed_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_campaigns_association_id')),
    sa.ForeignKeyConstraint(['created_by'], ['accounts.id'], name=op.f('fk_campaigns_created_by')),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_campaigns_survey_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns'))
    )
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaigns_association_id'), ['association_id'], unique=False)

    op.create_table('call_queue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('why', sa.String(length=20), nullable=True),
    sa.Column('priority', sa.SmallInteger(), nullable=False),
    sa.Column('due_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('entered_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('attempts', sa.SmallInteger(), nullable=False),
    sa.Column('last_call_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('callback_by', sa.Integer(), nullable=True),
    sa.Column('avoid_account_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_call_queue_association_id')),
    sa.ForeignKeyConstraint(['avoid_account_id'], ['accounts.id'], name=op.f('fk_call_queue_avoid_account_id')),
    sa.ForeignKeyConstraint(['callback_by'], ['accounts.id'], name=op.f('fk_call_queue_callback_by')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_call_queue_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_call_queue_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_queue')),
    sa.UniqueConstraint('campaign_id', 'person_id', name=op.f('uq_call_queue_campaign_id_person_id'))
    )
    with op.batch_alter_table('call_queue', schema=None) as batch_op:
        batch_op.create_index('ix_call_queue_due', ['campaign_id', 'due_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index('ix_call_queue_next', ['campaign_id', 'priority', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'ready'"), postgresql_where=sa.text("state = 'ready'"))
        batch_op.create_index('ix_call_queue_next_place', ['campaign_id', 'association_id', 'priority', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'ready'"), postgresql_where=sa.text("state = 'ready'"))
        batch_op.create_index('ix_call_queue_person', ['person_id'], unique=False)
        batch_op.create_index('ix_call_queue_state', ['campaign_id', 'state', 'association_id'], unique=False)

    op.create_table('campaign_activities',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_campaign_activities_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_activities_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'activity_id', name=op.f('pk_campaign_activities'))
    )
    op.create_table('campaign_targets',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('entered_on', sa.Date(), nullable=False),
    sa.Column('active_at_entry', sa.Boolean(), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('excluded_on', sa.Date(), nullable=True),
    sa.Column('excluded_why', sa.String(length=12), nullable=True),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_campaign_targets_association_id')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_targets_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_campaign_targets_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'person_id', name=op.f('pk_campaign_targets'))
    )
    with op.batch_alter_table('campaign_targets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_targets_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_campaign_targets_place', ['campaign_id', 'association_id', 'excluded_on', 'person_id'], unique=False)

    op.create_table('shifts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=True),
    sa.Column('starts_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('ends_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('leader_id', sa.Integer(), nullable=True),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('paused_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_shifts_association_id')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_shifts_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['leader_id'], ['accounts.id'], name=op.f('fk_shifts_leader_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shifts'))
    )
    with op.batch_alter_table('shifts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shifts_association_id'), ['association_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shifts_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shifts_ends_at'), ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_shifts_leader_id'), ['leader_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shifts_starts_at'), ['starts_at'], unique=False)

    op.create_table('calls',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('assigned_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('rang_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('client_ref', sa.String(length=40), nullable=True),
    sa.Column('content_hash', sa.String(length=64), nullable=True),
    sa.Column('happened_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('reported_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('contested', sa.Boolean(), nullable=False),
    sa.Column('undone_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('note', sa.String(length=280), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_calls_account_id')),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_calls_association_id')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_calls_campaign_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_calls_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['queue_id'], ['call_queue.id'], name=op.f('fk_calls_queue_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['shift_id'], ['shifts.id'], name=op.f('fk_calls_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calls')),
    sa.UniqueConstraint('client_ref', name=op.f('uq_calls_client_ref'))
    )
    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.create_index('ix_calls_account', ['account_id', 'assigned_at'], unique=False)
        batch_op.create_index('ix_calls_campaign', ['campaign_id', 'state', 'outcome'], unique=False)
        batch_op.create_index('ix_calls_person', ['person_id', 'state', 'happened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_calls_queue_id'), ['queue_id'], unique=False)
        batch_op.create_index('ix_calls_shift', ['shift_id', 'state'], unique=False)

    op.create_table('shift_callers',
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('link_hash', sa.String(length=64), nullable=True),
    sa.Column('invited_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('joined_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('finished_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('needs_help_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_shift_callers_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['shift_id'], ['shifts.id'], name=op.f('fk_shift_callers_shift_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('shift_id', 'account_id', name=op.f('pk_shift_callers')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_shift_callers_link_hash'))
    )
    with op.batch_alter_table('shift_callers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shift_callers_account_id'), ['account_id'], unique=False)

    op.create_table('call_invitations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_call_invitations_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_call_invitations_call_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_invitations')),
    sa.UniqueConstraint('call_id', 'activity_id', name=op.f('uq_call_invitations_call_id_activity_id'))
    )
    op.create_table('holds',
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('expires_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('back_to', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_holds_account_id')),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_holds_call_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_holds_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['queue_id'], ['call_queue.id'], name=op.f('fk_holds_queue_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_holds')),
    sa.UniqueConstraint('account_id', name=op.f('uq_holds_account_id')),
    sa.UniqueConstraint('person_id', name=op.f('uq_holds_person_id')),
    sa.UniqueConstraint('queue_id', name=op.f('uq_holds_queue_id'))
    )
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_holds_expires_at'), ['expires_at'], unique=False)

    op.create_table('messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=40), nullable=False),
    sa.Column('once', sa.String(length=80), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('priority', sa.SmallInteger(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('e164', sa.String(length=20), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('activity_id', sa.Integer(), nullable=True),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('not_before', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('expires_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('attempt', sa.String(length=40), nullable=True),
    sa.Column('claimed_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('looked_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('provider', sa.String(length=12), nullable=True),
    sa.Column('sid', sa.String(length=40), nullable=True),
    sa.Column('parts', sa.SmallInteger(), nullable=True),
    sa.Column('error_code', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_messages_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_messages_activity_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_messages_call_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_messages_campaign_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_messages_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('once', name=op.f('uq_messages_once')),
    sa.UniqueConstraint('ref', name=op.f('uq_messages_ref')),
    sa.UniqueConstraint('sid', name=op.f('uq_messages_sid'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_messages_call_id'), ['call_id'], unique=False)
        batch_op.create_index('ix_messages_next', ['priority', 'not_before', 'id'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.create_index('ix_messages_person', ['person_id'], unique=False)
        batch_op.create_index('ix_messages_readable_codes', ['expires_at'], unique=False, sqlite_where=sa.text("kind = 'code' AND body <> ''"), postgresql_where=sa.text("kind = 'code' AND body <> ''"))
        batch_op.create_index('ix_messages_state', ['state', 'claimed_at'], unique=False)

    op.create_table('todos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=280), nullable=False),
    sa.Column('new_number', sa.String(length=20), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('visible_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('done_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('done_by', sa.Integer(), nullable=True),
    sa.Column('done_how', sa.String(length=20), nullable=True),
    sa.Column('passed_to', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_todos_association_id')),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_todos_call_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_todos_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['done_by'], ['accounts.id'], name=op.f('fk_todos_done_by')),
    sa.ForeignKeyConstraint(['passed_to'], ['accounts.id'], name=op.f('fk_todos_passed_to')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_todos_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_todos'))
    )
    with op.batch_alter_table('todos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_todos_call_id'), ['call_id'], unique=False)
        batch_op.create_index('ix_todos_campaign', ['campaign_id', 'done_at'], unique=False)
        batch_op.create_index('ix_todos_open', ['association_id', 'done_at', 'visible_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_todos_person_id'), ['person_id'], unique=False)

    op.create_table('hold_numbers',
    sa.Column('e164', sa.String(length=20), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['holds.call_id'], name=op.f('fk_hold_numbers_call_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('e164', name=op.f('pk_hold_numbers'))
    )
    with op.batch_alter_table('hold_numbers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hold_numbers_call_id'), ['call_id'], unique=False)

    op.create_table('message_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('detail', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_events_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_events'))
    )
    with op.batch_alter_table('message_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_events_message_id'), ['message_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('message_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_events_message_id'))

    op.drop_table('message_events')
    with op.batch_alter_table('hold_numbers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hold_numbers_call_id'))

    op.drop_table('hold_numbers')
    with op.batch_alter_table('todos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_todos_person_id'))
        batch_op.drop_index('ix_todos_open')
        batch_op.drop_index('ix_todos_campaign')
        batch_op.drop_index(batch_op.f('ix_todos_call_id'))

    op.drop_table('todos')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_state')
        batch_op.drop_index('ix_messages_readable_codes', sqlite_where=sa.text("kind = 'code' AND body <> ''"), postgresql_where=sa.text("kind = 'code' AND body <> ''"))
        batch_op.drop_index('ix_messages_person')
        batch_op.drop_index('ix_messages_next', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.drop_index(batch_op.f('ix_messages_call_id'))

    op.drop_table('messages')
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_holds_expires_at'))

    op.drop_table('holds')
    op.drop_table('call_invitations')
    with op.batch_alter_table('shift_callers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shift_callers_account_id'))

    op.drop_table('shift_callers')
    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.drop_index('ix_calls_shift')
        batch_op.drop_index(batch_op.f('ix_calls_queue_id'))
        batch_op.drop_index('ix_calls_person')
        batch_op.drop_index('ix_calls_campaign')
        batch_op.drop_index('ix_calls_account')

    op.drop_table('calls')
    with op.batch_alter_table('shifts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shifts_starts_at'))
        batch_op.drop_index(batch_op.f('ix_shifts_leader_id'))
        batch_op.drop_index(batch_op.f('ix_shifts_ends_at'))
        batch_op.drop_index(batch_op.f('ix_shifts_campaign_id'))
        batch_op.drop_index(batch_op.f('ix_shifts_association_id'))

    op.drop_table('shifts')
    with op.batch_alter_table('campaign_targets', schema=None) as batch_op:
        batch_op.drop_index('ix_campaign_targets_place')
        batch_op.drop_index(batch_op.f('ix_campaign_targets_person_id'))

    op.drop_table('campaign_targets')
    op.drop_table('campaign_activities')
    with op.batch_alter_table('call_queue', schema=None) as batch_op:
        batch_op.drop_index('ix_call_queue_state')
        batch_op.drop_index('ix_call_queue_person')
        batch_op.drop_index('ix_call_queue_next_place', sqlite_where=sa.text("state = 'ready'"), postgresql_where=sa.text("state = 'ready'"))
        batch_op.drop_index('ix_call_queue_next', sqlite_where=sa.text("state = 'ready'"), postgresql_where=sa.text("state = 'ready'"))
        batch_op.drop_index('ix_call_queue_due', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.drop_table('call_queue')
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaigns_association_id'))

    op.drop_table('campaigns')
    with op.batch_alter_table('acquaintances', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_acquaintances_person_id'))

    op.drop_table('acquaintances')
