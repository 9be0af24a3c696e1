"""Surveys by link and on paper, with a last day, a published result, and an anonymous mode kept apart from everybody."""

from alembic import op
import sqlalchemy as sa
import organizer.db

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('surveys', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('mode', sa.String(length=10), server_default='named', nullable=False))
        batch_op.add_column(sa.Column('in_calls', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('closes_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('closed_at', organizer.db.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('published_at', organizer.db.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('public_code', sa.String(length=12), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_surveys_public_code'), ['public_code'])
    op.execute('UPDATE surveys SET in_calls = TRUE WHERE id IN (SELECT survey_id FROM campaigns WHERE survey_id IS NOT NULL)')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('interests', sa.JSON(), nullable=True))
    with op.batch_alter_table('answers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('how', sa.String(length=8), server_default='call', nullable=False))
    op.create_table('anonymous_tallies',
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('option', sa.Integer(), nullable=False),
    sa.Column('answers', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_anonymous_tallies_question_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('question_id', 'option', name=op.f('pk_anonymous_tallies'))
    )
    op.create_table('anonymous_words',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=280), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_anonymous_words_question_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_anonymous_words'))
    )
    with op.batch_alter_table('anonymous_words', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_anonymous_words_question_id'), ['question_id'], unique=False)


def downgrade() -> None:
    op.drop_table('anonymous_words')
    op.drop_table('anonymous_tallies')
    with op.batch_alter_table('answers', schema=None) as batch_op:
        batch_op.drop_column('how')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_column('interests')
    with op.batch_alter_table('surveys', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_surveys_public_code'), type_='unique')
        for name in ('public_code', 'published_at', 'closed_at', 'closes_on', 'in_calls', 'mode', 'about'):
            batch_op.drop_column(name)
