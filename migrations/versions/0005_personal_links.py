"""Personal links in messages."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('personal_links',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=True),
    sa.Column('blast_id', sa.Integer(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('expires_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('used_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_personal_links_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_personal_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_personal_links_token_hash'))
    )
    with op.batch_alter_table('personal_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_personal_links_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_personal_links_blast_id'), ['blast_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_personal_links_expires_at'), ['expires_at'], unique=False)


def downgrade() -> None:
    op.drop_table('personal_links')
