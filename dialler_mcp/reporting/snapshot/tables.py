"""The tables of a snapshot in SQL: what is loaded from the dialler, and what is derived from it.

The list is loaded straight into the final file, attached as `kept`, and becomes its table `contacts`, so a million rows
are written only once. The other tables of the stage (`answered`, `fresh_calls`) lie in a database of their own.
"""

# ruff: noqa: S608 - the SQL is put together from our own names, values are parameters

from array import array
from collections.abc import Iterable, Sequence
from itertools import product

import msgspec

from dialler_mcp.api.decoding import CALL
from dialler_mcp.domain.codes import ANSWERED, CONNRES, RESULT_TYPES
from dialler_mcp.domain.contact_state import result_type, state_of
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import PHONE_SLOTS, Campaign, Contact, HistoryEntry, ResultCode
from dialler_mcp.reporting.snapshot.columns import Column, columns_of
from dialler_mcp.reporting.snapshot.database import Database, literal

SCHEMA = 4  # of the file; another number is thrown away and read anew

_ATTEMPTS = " + ".join(f"coalesce(tries_phone_number{slot}, 0)" for slot in PHONE_SLOTS)
_CAUSES = ", ".join(f"phone_number{slot}_last_cause" for slot in PHONE_SLOTS)
_TRIES = ", ".join(f"tries_phone_number{slot}" for slot in PHONE_SLOTS)
_INVALID = ", ".join(f"coalesce(phone_number{slot}_invalid, false)" for slot in PHONE_SLOTS)
# Each call leaves its trace in one of these; a contact whose mark is unchanged was not called.
_MARK = f"hash({_TRIES}, {_CAUSES}, {_INVALID}, last_result_mailbox, next_try, follow_up, result_code_id)"
# Whether there is any sign that somebody was called, or that a result was recorded.
_TOUCHED = (
    f"attempts > 0 OR coalesce(result_code_id, 0) <> 0 OR next_try IS NOT NULL OR coalesce({_CAUSES}) IS NOT NULL"
)

_OUTCOMES = " ".join(f"WHEN {code} THEN {literal(words.en)}" for code, words in CONNRES.items())
_TYPE_NAMES = " ".join(f"WHEN {number} THEN {literal(kind.en)}" for number, kind in RESULT_TYPES.items())

STAGED = "kept.contacts_next"
COMPLETED = 2 * 122_880  # rows updated at once, in whole row groups; a million would exceed the memory limit
SEEN_CODES = f"SELECT result_code_id AS code FROM {STAGED} UNION SELECT code FROM answered"
# Columns derived from the list and the history; `listed` is a digest of the contact in the list.
_FOLLOWS = """attempts BIGINT, mark UBIGINT, listed UBIGINT, known_mark UBIGINT, calls_made BIGINT,
    result_shown BOOLEAN, state VARCHAR, result_type VARCHAR, history_known BOOLEAN"""
_ABOUT = """CREATE TABLE kept.about (schema INTEGER, dialler VARCHAR, campaign_id BIGINT, read_at TIMESTAMP,
    zone VARCHAR, privacy VARCHAR, contacts BIGINT, known BIGINT, calls BIGINT, result_shown BOOLEAN,
    lock_shown BOOLEAN, stopped VARCHAR, names_read DOUBLE, listed UBIGINT)"""
ABOUT_FIELDS = ("read_at", "contacts", "known", "calls", "result_shown", "lock_shown", "stopped", "names_read")


def loading(columns: tuple[Column, ...], file: object, size: int) -> str:
    """The rows of an NDJSON file by the columns' names; no object in it is larger than `size` bytes."""
    names = ", ".join(f'"{column.wire}" AS {column.name}' for column in columns)
    return f"SELECT {names} FROM {_read_json(file, size, _types(columns))}"


def loading_calls(columns: tuple[Column, ...], file: object, size: int, campaign_id: int) -> str:
    """The same for rows of histories, flat or with a nested call; where both have a value, the call's is taken."""
    parts = ", ".join(f'"{column.wire}" {column.type}' for column in columns)
    types = [*_types(columns), "ID: 'BIGINT'", "dtCreated: 'TIMESTAMP'", f"{CALL}: {literal(f'STRUCT({parts})')}"]
    values = {column.name: f'coalesce({CALL}."{column.wire}", "{column.wire}")' for column in columns}
    values |= {
        "call_id": f"coalesce({values['call_id']}, ID, 0)",
        "contact_id": '"DiallerContactsID"',
        "recorded": f"coalesce({values['recorded']}, dtCreated)",
        "campaign_id": f"coalesce(nullif({values['campaign_id']}, 0), {campaign_id})",
    }
    expressions = ", ".join(f"{value} AS {name}" for name, value in values.items())
    return f"SELECT {expressions} FROM {_read_json(file, size, types)}"


def _types(columns: tuple[Column, ...]) -> list[str]:
    return [f"{literal(column.wire)}: '{column.type}'" for column in columns]


def _read_json(file: object, size: int, types: list[str]) -> str:
    """The SQL that reads a file; a value that does not fit its type, such as a number over 64 bits, becomes null."""
    return (
        f"read_json({literal(file)}, format='newline_delimited', columns={{{', '.join(types)}}},"
        f" maximum_object_size={max(size, 1 << 16)}, ignore_errors=true)"
    )


def declared(columns: tuple[Column, ...]) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in columns)


def create_stage(database: Database, privacy: Privacy) -> None:
    """The empty tables of the stage."""
    database.run("CREATE TEMP TABLE answered (contact_id BIGINT, code BIGINT, shown BOOLEAN)")
    database.run("CREATE TABLE states (code BIGINT, shown BOOLEAN, fresh BOOLEAN, state VARCHAR, type VARCHAR)")
    database.run("CREATE TABLE types (code BIGINT, type VARCHAR)")
    empty = f"SELECT {', '.join(f'NULL::{c.type} AS {c.name}' for c in columns_of(HistoryEntry, privacy))}"
    database.run(f"CREATE TABLE fresh_calls AS {_calls(empty)} LIMIT 0")


def create_list(database: Database, privacy: Privacy) -> None:
    """The empty table of the contacts that will be listed."""
    database.run(f"CREATE TABLE {STAGED} ({declared(columns_of(Contact, privacy))}, {_FOLLOWS})")


def stage_contacts(database: Database, columns: tuple[Column, ...], source: str, campaign_id: int) -> None:
    """Load contacts of the list, without those of other campaigns: old releases ignore the campaign asked for. (This
    list does not pass `ContactFunctions.list_contacts`, which leaves them out, too.)
    """
    names = ", ".join(column.name for column in columns)
    database.run(
        f"INSERT INTO {STAGED} BY NAME SELECT *, {_MARK} AS mark, hash({names}) AS listed FROM"
        f" (SELECT *, {_ATTEMPTS} AS attempts FROM ({source})"
        " WHERE coalesce(campaign_id, $1) = $1 AND contact_id IS NOT NULL)",
        [campaign_id],
    )


def stage_calls(database: Database, source: str, into: str) -> None:
    """Load calls. All calls of a contact must come in one load, since they are numbered here."""
    database.run(f"INSERT INTO {into} {_calls(source)}")


def settle_stage(database: Database) -> None:
    """Keep one row of each contact: there can be two if the list changes while it is read."""
    (has_twins,) = database.row(f"SELECT count(*) > count(DISTINCT contact_id) FROM {STAGED}")
    if has_twins:
        database.run(
            f"CREATE OR REPLACE TABLE {STAGED} AS SELECT * FROM {STAGED}"
            " QUALIFY row_number() OVER (PARTITION BY contact_id ORDER BY attempts DESC) = 1"
        )


def pending(database: Database, *, full: bool) -> Sequence[int]:
    """The contacts whose history has to be read: those that changed, or all with `full`."""
    condition = f"s.mark IS DISTINCT FROM o.known_mark AND (({_TOUCHED}) OR o.known_mark IS NOT NULL)"
    sql = (
        f"SELECT contact_id FROM (SELECT s.* FROM {STAGED} s LEFT JOIN kept_marks o USING (contact_id)"
        f" WHERE {'true' if full else condition.replace('result_code_id', 's.result_code_id')}) ORDER BY contact_id"
    )
    return array("q", (number for (number,) in database.rows(sql)))  # a million of them take 8 MB


def create_kept(database: Database, privacy: Privacy) -> None:
    """The empty tables of a file that is kept."""
    for table, record in (("campaign", Campaign), ("result_codes", ResultCode)):
        database.run(f"CREATE TABLE kept.{table} ({declared(columns_of(record, privacy))})")
    database.run("ALTER TABLE kept.result_codes RENAME name TO name_en")
    database.run("ALTER TABLE kept.result_codes ADD COLUMN name_de VARCHAR")
    database.run("ALTER TABLE kept.result_codes ADD COLUMN result_type VARCHAR")
    database.run(_ABOUT)
    database.run(f"CREATE TABLE kept.contacts ({declared(columns_of(Contact, privacy))}, {_FOLLOWS})")
    database.run("CREATE TABLE kept.calls AS SELECT * FROM fresh_calls LIMIT 0")


def create_marks(database: Database, *, full: bool) -> None:
    """A view of what the earlier file knows of each contact's history; a full read ignores its marks."""
    database.run(
        "CREATE OR REPLACE TEMP VIEW kept_marks AS SELECT contact_id,"
        f" {'NULL::UBIGINT' if full else 'known_mark'} AS known_mark, result_code_id, result_shown,"
        " calls_made FROM kept.contacts"
    )


def fill_types(database: Database, codes: Iterable[ResultCode], calls: str) -> None:
    """Fill the table of result types, and set the type of the calls that are already in the table `calls`."""
    database.run("DELETE FROM types")
    database.insert("types", [(code.id, type_name(code)) for code in codes])
    database.run(
        f"UPDATE {calls} SET result_type = type FROM types"
        " WHERE code = result_code_id AND result_type IS DISTINCT FROM coalesce(type, result_type)"
    )


def fill_states(database: Database, codes: dict[int, ResultCode]) -> None:
    """Fill the table of states: the domain's answer for every combination of what a state depends on."""
    codes_in_use = [
        code or None for (code,) in database.rows(f"{SEEN_CODES} UNION SELECT result_code_id FROM kept_marks")
    ]
    rows = [
        (code, result_shown, fresh, *_state(code, codes, result_shown=result_shown, fresh=fresh))
        for code, result_shown, fresh in product({*codes_in_use, None}, (True, False), (True, False))
    ]
    database.insert("states", rows)


def _state(
    code: int | None, codes: dict[int, ResultCode], *, result_shown: bool, fresh: bool
) -> tuple[str, str | None]:
    """The state and the result type of a contact with these properties."""
    contact = Contact(
        dialler_campaigns_result_codes_id=code if result_shown else msgspec.UNSET,
        n_tries_phone_number1=0 if fresh else 1,
    )
    result_code = codes.get(code or 0)
    return state_of(contact, result_code).value, type_name(result_code) if result_code else None


def type_name(code: ResultCode) -> str | None:
    """What a result does, in English."""
    kind = result_type(code)
    return kind.en if kind else None


def listed(database: Database) -> int | None:
    """A digest of the whole list, which changes when anything in the list does."""
    (digest,) = database.row(f"SELECT bit_xor(listed) FROM {STAGED}")
    return digest


def drop_list(database: Database) -> None:
    """Drop the list: the file holds the same already."""
    database.run(f"DROP TABLE {STAGED}")


def put_list(database: Database, calls: str) -> None:
    """Complete the list and replace the earlier contacts with it; `calls` is the table of the calls just read.

    Rows are updated in their own order: in any other it takes DuckDB a hundred times as long.
    """
    (end,) = database.row(f"SELECT coalesce(max(rowid), -1) + 1 FROM {STAGED}")
    for start in range(0, end, COMPLETED):
        some = f"SELECT rowid AS place, * FROM {STAGED} WHERE rowid >= {start} AND rowid < {start + COMPLETED}"
        database.run(f"CREATE OR REPLACE TEMP TABLE followed AS {_followed(some, calls)} ORDER BY place")
        database.run(
            f"UPDATE {STAGED} n SET result_code_id = code, result_shown = f.shown, state = f.state, result_type = type,"
            " known_mark = f.known_mark, history_known = f.known_mark IS NOT DISTINCT FROM n.mark, calls_made = made"
            f" FROM followed f WHERE place = n.rowid AND n.rowid >= {start} AND n.rowid < {start + COMPLETED}"
        )
        database.run("CHECKPOINT kept")
    database.run(f"ALTER TABLE {STAGED} DROP COLUMN listed")
    database.run("DROP TABLE kept.contacts")
    database.run(f"ALTER TABLE {STAGED} RENAME TO contacts")


def put_calls(database: Database) -> None:
    """Replace the file's calls of these contacts with the staged ones."""
    database.run("DELETE FROM kept.calls WHERE contact_id IN (SELECT contact_id FROM answered)")
    database.run(f"DELETE FROM kept.calls WHERE contact_id NOT IN (SELECT contact_id FROM {STAGED})")
    database.run("INSERT INTO kept.calls SELECT * FROM fresh_calls")


def _followed(rows: str, calls: str) -> str:
    """The derived columns of some contacts of the list, from the new answers and from the earlier file."""
    return f"""
    SELECT place, m.code, m.shown, state, type, known_mark, made
    FROM (
        SELECT place,
               CASE WHEN s.result_code_id IS NOT NULL THEN nullif(s.result_code_id, 0)
                    WHEN a.contact_id IS NOT NULL THEN nullif(a.code, 0) ELSE o.result_code_id END AS code,
               s.result_code_id IS NOT NULL OR coalesce(a.shown, o.result_shown, false) AS shown,
               s.attempts = 0 AND s.next_try IS NULL AS fresh,
               CASE WHEN a.contact_id IS NOT NULL OR NOT ({_TOUCHED.replace("result_code_id", "s.result_code_id")})
                        AND o.known_mark IS NULL THEN s.mark ELSE o.known_mark END AS known_mark,
               CASE WHEN a.contact_id IS NULL THEN coalesce(o.calls_made, 0) ELSE coalesce(made, 0) END AS made
        FROM ({rows}) s LEFT JOIN answered a USING (contact_id)
        LEFT JOIN (SELECT contact_id, count(*) AS made FROM {calls} SEMI JOIN ({rows}) USING (contact_id)
                   WHERE attempt GROUP BY ALL) USING (contact_id)
        LEFT JOIN kept_marks o USING (contact_id)
    ) m LEFT JOIN states t ON t.code IS NOT DISTINCT FROM m.code AND t.shown = m.shown AND t.fresh = m.fresh"""


def _calls(source: str) -> str:
    """Calls with their derived columns. An attempt is an outbound call that is no test. Seconds are differences of
    local times, so a call across the change to summer time has none.
    """
    talk = "date_diff('millisecond', call_connect, call_end) / 1000"
    wrap_up = "date_diff('millisecond', call_end, recorded) / 1000"
    return f"""
    SELECT f.*, began::DATE AS day, hour(began) AS hour, isodow(began) AS weekday,
           CASE WHEN attempt THEN row_number() OVER (PARTITION BY contact_id, attempt ORDER BY began, call_id) END
               AS attempt_number,
           CASE connres {_OUTCOMES} ELSE connres::VARCHAR END AS outcome,
           CASE WHEN connected AND call_end >= call_connect THEN round({talk})::INTEGER END AS talk_seconds,
           CASE WHEN connected AND result_code_id IS NOT NULL AND recorded >= call_end
                THEN round({wrap_up})::INTEGER END AS wrap_up_seconds,
           coalesce(y.type, CASE result_type_id {_TYPE_NAMES} END) AS result_type
    FROM (
        SELECT * REPLACE (nullif(result_code_id, 0) AS result_code_id),
               coalesce(call_start, recorded) AS began,
               coalesce(connres = {ANSWERED}, false) AS connected,
               outbound IS DISTINCT FROM false AND test_call IS DISTINCT FROM true
                   AND (connres IS NOT NULL OR call_start IS NOT NULL) AS attempt
        FROM ({source})
    ) f LEFT JOIN types y ON y.code = f.result_code_id"""
