"""Who made a change, in which role and in which job; how many rows a change counts for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("changes", sa.Column("subject", sa.Text, nullable=False, server_default=""))
    op.add_column("changes", sa.Column("role", sa.Text, nullable=False, server_default=""))
    op.add_column("changes", sa.Column("job", sa.BigInteger))
    op.add_column("changes_made", sa.Column("rows", sa.Integer, nullable=False, server_default="1"))
