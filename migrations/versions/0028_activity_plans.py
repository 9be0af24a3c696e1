"""Activity plans: goals, what has been noted about them, and how far they have come."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plans',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('adopted_on', sa.Date(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_plans_association_id')),
    sa.ForeignKeyConstraint(['created_by'], ['accounts.id'], name=op.f('fk_plans_created_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plans')),
    sa.UniqueConstraint('association_id', 'year', name=op.f('uq_plans_association_id_year'))
    )
    op.create_table('plan_goals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('section', sa.String(length=80), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('scope', sa.String(length=8), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=True),
    sa.Column('entry', sa.String(length=24), nullable=False),
    sa.Column('rule', sa.String(length=12), nullable=False),
    sa.Column('target', sa.Integer(), nullable=True),
    sa.Column('baseline', sa.Integer(), nullable=True),
    sa.Column('baseline_from', sa.String(length=120), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('responsible_id', sa.Integer(), nullable=True),
    sa.Column('office', sa.String(length=60), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('removed_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['accounts.id'], name=op.f('fk_plan_goals_created_by')),
    sa.ForeignKeyConstraint(['place_id'], ['associations.id'], name=op.f('fk_plan_goals_place_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['plans.id'], name=op.f('fk_plan_goals_plan_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['responsible_id'], ['accounts.id'], name=op.f('fk_plan_goals_responsible_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_goals'))
    )
    for column in ('plan_id', 'place_id', 'responsible_id'):
        op.create_index(f'ix_plan_goals_{column}', 'plan_goals', [column])
    op.create_table('goal_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('goal_id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('value', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('undone_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_goal_entries_account_id')),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_goal_entries_association_id')),
    sa.ForeignKeyConstraint(['goal_id'], ['plan_goals.id'], name=op.f('fk_goal_entries_goal_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal_entries'))
    )
    op.create_index('ix_goal_entries_goal', 'goal_entries', ['goal_id', 'association_id', 'at'])
    for column in ('association_id', 'account_id'):
        op.create_index(f'ix_goal_entries_{column}', 'goal_entries', [column])
    op.create_table('goal_readings',
    sa.Column('goal_id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('reading', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_goal_readings_association_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['goal_id'], ['plan_goals.id'], name=op.f('fk_goal_readings_goal_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('goal_id', 'association_id', name=op.f('pk_goal_readings'))
    )
    op.create_index('ix_goal_readings_association_id', 'goal_readings', ['association_id'])


def downgrade() -> None:
    for table in ('goal_readings', 'goal_entries', 'plan_goals', 'plans'):
        op.drop_table(table)
