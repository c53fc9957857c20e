"""The sealing key, the wrong codes and the changes made, for confirmations and limits that outlive a process."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "wrong_codes",
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("tried", sa.Float, nullable=False, index=True),
    )
    op.create_table(
        "changes_made",
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("made", sa.Float, nullable=False, index=True),
        sa.Column("destroys", sa.Boolean, nullable=False),
    )
    op.execute("UPDATE dialler_mcp_version SET version = 2")
