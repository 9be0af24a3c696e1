"""What was true of each person when figures were counted, and who has changed since."""

from alembic import op
import sqlalchemy as sa

from organizer import changed_people

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('changed_people',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_changed_people'))
    )
    op.create_table('counted_people',
    sa.Column('scope', sa.String(length=24), nullable=False),
    sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('association_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('low', sa.BigInteger(), nullable=False),
    sa.Column('high', sa.BigInteger(), nullable=False),
    sa.Column('waiting_since', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('scope', 'person_id', 'association_id', name=op.f('pk_counted_people'))
    )
    op.create_index('ix_counted_people_place', 'counted_people', ['scope', 'association_id'])
    op.create_index('ix_counted_people_waiting', 'counted_people', ['scope', 'association_id', 'waiting_since'],
    sqlite_where=sa.text('waiting_since IS NOT NULL'), postgresql_where=sa.text('waiting_since IS NOT NULL'))
    op.create_table('counted_places',
    sa.Column('scope', sa.String(length=24), nullable=False),
    sa.Column('association_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_counted_places_association_id_associations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('scope', 'association_id', name=op.f('pk_counted_places'))
    )
    op.create_table('kept_pools',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('scope', sa.String(length=24), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('pools', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_kept_pools_association_id_associations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('day', 'scope', 'association_id', name=op.f('pk_kept_pools'))
    )
    op.create_index('ix_call_queue_not_rung', 'call_queue', ['campaign_id', 'why', 'association_id'],
    sqlite_where=sa.text("attempts = 0 AND state IN ('blocked', 'removed', 'done')"),
    postgresql_where=sa.text("attempts = 0 AND state IN ('blocked', 'removed', 'done')"))


def downgrade() -> None:
    changed_people.stop_noticing(op.get_bind())
    op.drop_index('ix_call_queue_not_rung', 'call_queue')
    for table in ('kept_pools', 'counted_places', 'counted_people', 'changed_people'):
        op.drop_table(table)
