"""The library of motions."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('motions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('municipality', sa.String(length=60), nullable=False),
    sa.Column('theme', sa.String(length=60), nullable=False),
    sa.Column('result', sa.String(length=16), nullable=False),
    sa.Column('put_on', sa.Date(), nullable=True),
    sa.Column('link', sa.String(length=500), nullable=False),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('borrowed_from_id', sa.Integer(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_motions_association_id')),
    sa.ForeignKeyConstraint(['borrowed_from_id'], ['motions.id'], name=op.f('fk_motions_borrowed_from_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by'], ['accounts.id'], name=op.f('fk_motions_created_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_motions'))
    )
    with op.batch_alter_table('motions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_motions_association_id'), ['association_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_motions_created_at'), ['created_at'], unique=False)
    op.create_table('motion_files',
    sa.Column('motion_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['motion_id'], ['motions.id'], name=op.f('fk_motion_files_motion_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('motion_id', name=op.f('pk_motion_files'))
    )


def downgrade() -> None:
    op.drop_table('motion_files')
    op.drop_table('motions')
