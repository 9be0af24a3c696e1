"""Contacts with associations, plans of support, and who looks after each new member."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('place_contacts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('how', sa.String(length=8), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_place_contacts_account_id_accounts')),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_place_contacts_association_id_associations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_place_contacts'))
    )
    op.create_index('ix_place_contacts_association_id', 'place_contacts', ['association_id'])
    op.create_table('support_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('created_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.Column('done_at', organizer.db.Utc(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_support_steps_account_id_accounts')),
    sa.ForeignKeyConstraint(['association_id'], ['associations.id'], name=op.f('fk_support_steps_association_id_associations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_steps'))
    )
    op.create_index('ix_support_steps_association_id', 'support_steps', ['association_id'])
    op.create_table('new_member_owners',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('given_at', organizer.db.Utc(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_new_member_owners_account_id_accounts')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_new_member_owners_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_new_member_owners'))
    )
    op.create_index('ix_new_member_owners_account_id', 'new_member_owners', ['account_id'])


def downgrade() -> None:
    for table in ('new_member_owners', 'support_steps', 'place_contacts'):
        op.drop_table(table)
