"""Jobs and their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_jobs()
    _create_rows()


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("dialler", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("began", sa.Float),
        sa.Column("ended", sa.Float),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("verb", sa.String(10), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("tool", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("means", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("undoes", sa.BigInteger),
        sa.Column("wish", sa.String(10)),
        sa.Column("owner", sa.Text),
        sa.Column("until", sa.Float, nullable=False, server_default="0"),
        sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_state", "jobs", ["dialler", "state"])


def _create_rows() -> None:
    op.create_table(
        "job_rows",
        sa.Column("job", sa.BigInteger, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("contact_id", sa.BigInteger),
        sa.Column("change", sa.BigInteger),
        sa.Column("why", sa.Text),
    )
    op.create_index("job_rows_state", "job_rows", ["job", "state", "number"])
