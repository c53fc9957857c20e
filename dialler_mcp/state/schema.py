"""The tables of the state. Imported where they are first used: SQLAlchemy would slow the start by 0.2 s.

A change here needs a file in `migrations/versions/`, too, which makes the same change to older states. A migration only
adds; `preparing` says why.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

VERSION = 2  # the least version that a program must know; 1 had neither keys nor counts
REVISION = "0005"  # the last migration; revisions are compared as text

metadata = MetaData()

version = Table("dialler_mcp_version", metadata, Column("version", Integer, nullable=False))

revision = Table(
    "dialler_mcp_revision", metadata, Column("version_num", String(32), primary_key=True)
)  # Alembic's form

used_codes = Table(
    "used_codes",
    metadata,
    Column("code", String(200), primary_key=True),
    Column("expires", Float, nullable=False),  # seconds since 1970
)

keys = Table(
    "keys",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

wrong_codes = Table(
    "wrong_codes",
    metadata,
    Column("caller", Text, nullable=False),
    Column("tried", Float, nullable=False, index=True),  # seconds since 1970, as below
)

changes_made = Table(  # apart from the journal, which dry runs do not touch
    "changes_made",
    metadata,
    Column("caller", Text, nullable=False),
    Column("made", Float, nullable=False, index=True),
    Column("destroys", Boolean, nullable=False),
    Column("rows", Integer, nullable=False, server_default="1"),
)

changes = Table(
    "changes",
    metadata,
    # SQLite counts up by itself only in a column of just this type.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("dialler", Text, nullable=False),
    Column("began", String(32), nullable=False),  # UTC, ISO 8601 with microseconds: sorts as text
    Column("ended", String(32)),
    Column("status", String(10), nullable=False),
    Column("tool", Text, nullable=False),
    Column("verb", String(10), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("label", Text, nullable=False),
    Column("contact_id", BigInteger),
    Column("campaign_id", BigInteger),
    Column("caller", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("role", Text, nullable=False, server_default=""),
    Column("job", BigInteger),
    Column("reason", Text),
    Column("confirmed_by", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("result", Text),
    Column("archive", Text),
    Column("undoes", BigInteger),
    Index("changes_began", "began"),
    Index("changes_contact", "contact_id"),
    Index("changes_undoes", "undoes"),
    sqlite_autoincrement=True,  # the ID of a pruned entry is never given again
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("dialler", Text, nullable=False),
    Column("created", Float, nullable=False),  # seconds since 1970, as all times here
    Column("began", Float),
    Column("ended", Float),
    Column("state", String(10), nullable=False),
    Column("verb", String(10), nullable=False),
    Column("title", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("means", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("total", Integer, nullable=False),
    Column("why", Text),
    Column("reason", Text),
    Column("confirmed_by", Text),
    Column("undoes", BigInteger),
    Column("wish", String(10)),  # what a person asked of a job that somebody holds: pause, cancel
    Column("owner", Text),
    Column("until", Float, nullable=False, server_default="0"),  # the end of the owner's lease
    Column("fence", Integer, nullable=False, server_default="0"),  # one more with each owner
    Index("jobs_state", "dialler", "state"),
    sqlite_autoincrement=True,
)

job_rows = Table(
    "job_rows",
    metadata,
    Column("job", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    Column("step", Text, nullable=False),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("contact_id", BigInteger),
    Column("change", BigInteger),
    Column("why", Text),
    Index("job_rows_state", "job", "state", "number"),
)

kept_mappings = Table(
    "kept_mappings",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("fingerprint", String(16), nullable=False),
    Column("mapping", Text, nullable=False),
    Column("kept", Float, nullable=False),
    Index("kept_mappings_columns", "owner", "fingerprint"),
)
