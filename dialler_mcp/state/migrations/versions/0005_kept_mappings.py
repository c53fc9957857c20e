"""The mappings of columns that are kept under a name."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "kept_mappings",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.Column("mapping", sa.Text, nullable=False),
        sa.Column("kept", sa.Float, nullable=False),
    )
    op.create_index("kept_mappings_columns", "kept_mappings", ["owner", "fingerprint"])
