"""Trials of the SMS provider."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('provider_trials',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asked_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('done_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.Column('results', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['accounts.id'], name=op.f('fk_provider_trials_asked_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_trials'))
    )


def downgrade() -> None:
    op.drop_table('provider_trials')
