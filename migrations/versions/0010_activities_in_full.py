"""Activities in full: series, links, reminders and a public calendar; guests, news to tell, interests and assignments."""

import uuid
from datetime import UTC, datetime

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.add_column(sa.Column('theme', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('link', sa.String(length=300), server_default='', nullable=False))
        batch_op.add_column(sa.Column('responsible_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('travel_pool', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('public', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('remind_hours', sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column('reminded_at', organizer.db.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('series_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('uid', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('sequence', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('changed_at', organizer.db.Utc(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_activities_responsible_id'), 'accounts', ['responsible_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_activities_series_id'), ['series_id'], unique=False)
    _name_those_there_are()
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.alter_column('uid', existing_type=sa.String(length=40), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_activities_uid'), ['uid'])
    op.create_table('activity_guests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('e164', sa.String(length=20), nullable=False),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('seed', sa.String(length=32), nullable=False),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('verified_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('came', sa.Boolean(), nullable=False),
    sa.Column('settled_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_guests_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_activity_guests_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_guests'))
    )
    with op.batch_alter_table('activity_guests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_guests_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_activity_guests_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_activity_guests_person_id'), ['person_id'], unique=False)
    with op.batch_alter_table('sign_ups', schema=None) as batch_op:
        batch_op.alter_column('person_id', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column('guest_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('lift_seats', sa.SmallInteger(), server_default='0', nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_sign_ups_guest_id'), 'activity_guests', ['guest_id'], ['id'], ondelete='CASCADE')
        batch_op.create_unique_constraint(batch_op.f('uq_sign_ups_activity_id_guest_id'), ['activity_id', 'guest_id'])
        batch_op.create_index(batch_op.f('ix_sign_ups_guest_id'), ['guest_id'], unique=False)
    op.create_table('activity_news',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=10), nullable=False),
    sa.Column('sign_up_id', sa.Integer(), nullable=True),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_news_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sign_up_id'], ['sign_ups.id'], name=op.f('fk_activity_news_sign_up_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_news'))
    )
    with op.batch_alter_table('activity_news', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_news_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_activity_news_sign_up_id'), ['sign_up_id'], unique=False)
    op.create_table('interests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_interests_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interests')),
    sa.UniqueConstraint('person_id', 'kind', name=op.f('uq_interests_person_id_kind'))
    )
    with op.batch_alter_table('interests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_interests_kind'), ['kind'], unique=False)
    op.create_table('assignments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('office', sa.String(length=60), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('to_day', sa.Date(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_assignments_account_id')),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_assignments_association_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_assignments_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignments'))
    )
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignments_association_id'), ['association_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignments_person_id'), ['person_id'], unique=False)


def _name_those_there_are() -> None:
    activities = sa.table('activities', sa.column('id'), sa.column('uid'), sa.column('changed_at', organizer.db.Utc()))
    connection, now = op.get_bind(), datetime.now(UTC)
    for one in connection.scalars(sa.select(activities.c.id)).all():
        connection.execute(sa.update(activities).where(activities.c.id == one).values(uid=uuid.uuid4().hex, changed_at=now))


def downgrade() -> None:
    op.drop_table('assignments')
    op.drop_table('interests')
    op.drop_table('activity_news')
    op.execute('DELETE FROM sign_ups WHERE person_id IS NULL')
    with op.batch_alter_table('sign_ups', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_ups_guest_id'))
        batch_op.drop_constraint(batch_op.f('uq_sign_ups_activity_id_guest_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('fk_sign_ups_guest_id'), type_='foreignkey')
        batch_op.drop_column('lift_seats')
        batch_op.drop_column('guest_id')
        batch_op.alter_column('person_id', existing_type=sa.Integer(), nullable=False)
    op.drop_table('activity_guests')
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_activities_uid'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_activities_series_id'))
        batch_op.drop_constraint(batch_op.f('fk_activities_responsible_id'), type_='foreignkey')
        for name in ('changed_at', 'sequence', 'uid', 'series_id', 'reminded_at', 'remind_hours', 'public', 'travel_pool',
                     'responsible_id', 'link', 'theme'):
            batch_op.drop_column(name)
