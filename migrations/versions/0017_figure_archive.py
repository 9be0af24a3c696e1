"""Figures that outlive what they were counted from."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('archived_figures',
    sa.Column('scope', sa.String(length=24), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('association_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('whole', sa.Integer(), nullable=False),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_archived_figures_association_id_associations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('scope', 'key', 'association_id', name=op.f('pk_archived_figures'))
    )


def downgrade() -> None:
    op.drop_table('archived_figures')
