"""What a question may hold. Each is put to DuckDB itself, so that its parser decides what a text is."""

from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from duckdb import DuckDBPyConnection, TransactionException

from dialler_mcp.reporting.questions.process import MAX_CELL, FirstRows, Outcome, Task, answer, answered, opened
from dialler_mcp.reporting.questions.rules import FUNCTIONS, OPERATORS, TABLE_FUNCTIONS, VIEWS

MAKING = [
    "ATTACH ':memory:' AS c538",
    "CREATE TABLE c538.contacts AS SELECT range AS contact_id, 538 AS campaign_id, 'Müller' AS name, 'new' AS state,"
    " TIMESTAMP '2026-11-20 14:00' AS next_try, 77 AS known_mark FROM range(20)",
    "CREATE VIEW contacts AS SELECT * EXCLUDE (known_mark) FROM c538.contacts",
    "CREATE VIEW calls AS SELECT contact_id, 1 AS call_id, TIMESTAMP '2026-11-20 10:30' AS began, 10 AS hour,"
    " 30 AS talk_seconds FROM c538.contacts",
    "CREATE VIEW result_codes AS SELECT 1 AS result_code_id, 'Sold' AS name_en",
    "CREATE VIEW campaigns AS SELECT 538 AS campaign_id, 'Campaign 1000' AS name",
]


USUAL: dict[str, Any] = {
    "making": MAKING,
    "zone": "Europe/Berlin",
    "limit": 5,
    "seconds": 20.0,
    "memory": "256MB",
    "longest": MAX_CELL,
    "free": [],
}


@cache
def usual() -> DuckDBPyConnection:
    """Opened once for all questions that only read: that takes longer than to answer one."""
    connection = opened(Task(sql="", **USUAL))
    assert connection is not None
    return connection


def asked(sql: str, **changes: Any) -> Outcome:
    task = Task(sql=sql, **{**USUAL, **changes})
    if changes.keys() & {"making", "zone", "memory"}:
        return answer(task)
    try:
        return answered(usual(), task)
    finally:
        with suppress(TransactionException):  # who is refused has begun none
            usual().rollback()


def found(sql: str, **changes: Any) -> FirstRows:
    """The answer to a question."""
    outcome = asked(sql, **changes)
    assert "found" in outcome, outcome
    return outcome["found"]


def refused(sql: str, **changes: Any) -> str:
    """Why a question is not answered."""
    outcome = asked(sql, **changes)
    assert "reason" in outcome, outcome
    return outcome["reason"].en


ALLOWED = [
    "SELECT state, count(*) FROM contacts GROUP BY ALL ORDER BY 2 DESC",
    "FROM contacts",
    "TABLE contacts",
    "VALUES (1, 'a'), (2, 'b')",
    "WITH a AS (SELECT * FROM contacts), b AS MATERIALIZED (FROM a) SELECT count(*) FROM b",
    "WITH contacts AS (SELECT 1 AS x) SELECT x FROM contacts",
    "WITH a AS (SELECT 1 AS x) SELECT (WITH b AS (FROM a) SELECT (SELECT max(x) FROM b)), x FROM a",
    "WITH a AS (SELECT 1 AS x) SELECT x FROM a UNION (WITH b AS (FROM a) SELECT x FROM b)",
    "WITH a AS (WITH b AS (SELECT 1 AS x) FROM b) FROM a",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n + 1 FROM (FROM r) WHERE n < 5), s AS (FROM r) FROM s",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT max(n) FROM r",
    "SELECT contact_id FROM contacts UNION ALL BY NAME SELECT contact_id FROM calls EXCEPT SELECT 3 INTERSECT SELECT 4",
    "SELECT c.name, k.call_id FROM contacts c LEFT JOIN calls k USING (contact_id) ORDER BY ALL NULLS LAST OFFSET 2",
    "SELECT * EXCLUDE (name) REPLACE (upper(state) AS state) FROM contacts",
    "SELECT COLUMNS('.*_id') FROM calls",
    "SELECT hour, count(*) FILTER (WHERE talk_seconds > 20), quantile_cont(talk_seconds, 0.9) FROM calls GROUP BY hour",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY talk_seconds) FROM calls",
    "SELECT row_number() OVER (PARTITION BY state ORDER BY contact_id) n FROM contacts QUALIFY n = 1",
    "SELECT lag(contact_id) OVER w FROM contacts WINDOW w AS (ORDER BY contact_id ROWS 2 PRECEDING)",
    "SELECT CASE WHEN name LIKE 'M%' AND NOT name ILIKE '%x' OR name ~ 'a+' THEN 1 ELSE 0 END FROM contacts",
    "SELECT name FROM contacts WHERE contact_id IN (SELECT contact_id FROM calls) AND contact_id BETWEEN 1 AND 3",
    "SELECT name FROM contacts c WHERE EXISTS (FROM calls k WHERE k.contact_id = c.contact_id)",
    "SELECT date_trunc('week', began), extract(hour FROM began), strftime(began, '%d.%m.'), began - INTERVAL 1 DAY,"
    " began::DATE, date_diff('day', began, now()::TIMESTAMP), began AT TIME ZONE 'UTC' FROM calls",
    "SELECT g::DATE FROM generate_series(TIMESTAMP '2026-11-01', TIMESTAMP '2026-11-03', INTERVAL 1 DAY) t(g)",
    "SELECT x FROM range(24) t(x), LATERAL (SELECT x * 2 AS y) l",
    "SELECT unnest([1, 2]), {'a': 1}.a, MAP {'k': 1}['k'], [x + 1 for x in [1, 2] if x > 1], (1, 2)",
    "FROM (PIVOT contacts ON state IN ('new', 'done') USING count(*) GROUP BY campaign_id)",
    "FROM (UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b INTO NAME n VALUE v)",
    "SELECT state, count(*) FROM contacts GROUP BY ROLLUP (state) HAVING grouping(state) = 0",
    "SELECT DISTINCT ON (state) name FROM contacts ORDER BY state, name COLLATE NOCASE LIMIT 50%",
    "SELECT try_cast(name AS INT), coalesce(NULL, 1), nullif(1, 1), ifnull(NULL, 2), if(true, 1, 2) FROM contacts",
    "SELECT levenshtein(name, 'Muller'), strip_accents(name), regexp_extract(name, '(.)') FROM contacts",
    "SELECT count(*) FROM contacts USING SAMPLE 50%",
    "SELECT today(), current_date, current_timestamp, #1 FROM contacts",
    "-- how many\nSELECT count(*) /* all */ FROM contacts; -- done",
    "SELECT '; DROP TABLE contacts' AS \"x;\" FROM contacts;",
]


@pytest.mark.parametrize("sql", ALLOWED)
def test_questions_of_all_kinds_are_answered(sql: str):
    assert found(sql)["columns"]


WRITES = """INSERT INTO contacts VALUES (1)
UPDATE contacts SET name = 'x'
DELETE FROM contacts
MERGE INTO contacts USING calls ON true WHEN MATCHED THEN DELETE
TRUNCATE contacts
CREATE TABLE x AS SELECT 1
CREATE TEMP MACRO m(x) AS getenv(x)
CREATE OR REPLACE VIEW contacts AS SELECT 1
DROP VIEW contacts
ALTER TABLE contacts RENAME TO x
WITH d AS (DELETE FROM contacts RETURNING *) FROM d
WITH d AS (INSERT INTO contacts VALUES (1) RETURNING *) FROM d
WITH d AS (UPDATE contacts SET name = 'x' RETURNING *) FROM d
SELECT (WITH d AS (DELETE FROM contacts RETURNING 1) FROM d)
WITH d AS (COPY (SELECT 1) TO 'x.csv') SELECT 1
COPY contacts TO 'x.csv'
COPY c538.contacts FROM 'x.csv'
EXPORT DATABASE 'x'
IMPORT DATABASE 'x'
ATTACH 'x.db'
DETACH c538
USE c538
INSTALL httpfs
LOAD httpfs
SET memory_limit = '9GB'
SET VARIABLE x = 1
RESET threads
PRAGMA database_list
CALL pragma_version()
CALL force_checkpoint()
CHECKPOINT
VACUUM
BEGIN
COMMIT
PREPARE p AS SELECT 1
EXECUTE p
EXPLAIN SELECT 1
EXPLAIN ANALYZE SELECT 1
CREATE SECRET s (TYPE s3)
COMMENT ON VIEW contacts IS 'x'
SELECT 1; SELECT 2
SELECT 1; DROP VIEW contacts
SELECT 1 INTO x
PIVOT contacts ON state USING count(*)
DESCRIBE contacts
SUMMARIZE contacts
SHOW TABLES
SHOW DATABASES
SHOW ALL TABLES
FROM (DESCRIBE contacts)
FROM (SHOW TABLES)
SELECT $1
SELECT ?
SELECT $name""".splitlines()

ELSEWHERE = """FROM duckdb_settings()
FROM duckdb_databases
FROM duckdb_secrets()
FROM duckdb_logs
FROM duckdb_temporary_files()
FROM information_schema.tables
FROM pragma_database_list
FROM pragma_table_info('contacts')
FROM sqlite_master
FROM pg_catalog.pg_class
FROM pg_class
FROM system.main.duckdb_tables
FROM c538.contacts
FROM c538.main.contacts
FROM main.contacts
FROM memory.main.contacts
FROM temp.contacts
SELECT known_mark FROM c538.contacts
FROM '/etc/passwd'
FROM 'x.csv'
FROM "x.parquet"
FROM 'https://example.com/x.csv'
FROM 's3://bucket/x.parquet'
FROM read_csv('/etc/passwd')
FROM read_csv_auto('/etc/passwd')
FROM read_text('/etc/passwd')
FROM read_blob('/etc/hostname')
FROM read_json('x.json')
FROM read_parquet('x')
FROM read_duckdb('x')
FROM parquet_scan('x')
FROM parquet_metadata('x')
FROM glob('/**')
FROM sniff_csv('/etc/passwd')
FROM query('SELECT 1')
FROM query_table('contacts')
FROM json_execute_serialized_sql('x')
FROM python_map_function()
FROM pandas_scan(1)
FROM arrow_scan(1, 2, 3)
FROM seq_scan('contacts')
FROM test_all_types()
FROM repeat(1, 100000000)
FROM enable_logging()
FROM connection
FROM task
FROM sys
FROM contacts AT (VERSION => 1)
FROM (WITH duckdb_databases AS (SELECT 1) SELECT 1), duckdb_databases
WITH duckdb_settings AS (SELECT * FROM duckdb_settings) FROM duckdb_settings
WITH RECURSIVE pg_class AS (FROM pg_class UNION ALL FROM pg_class) FROM pg_class
WITH a AS (FROM b), b AS (SELECT 1) FROM a
FROM (WITH "x.csv" AS (SELECT 1) SELECT 1), 'x.csv'
SELECT (SELECT count(*) FROM duckdb_tables())
SELECT 1 WHERE 1 IN (FROM duckdb_secrets())
SELECT * FROM contacts, LATERAL (FROM read_text(name))""".splitlines()

CALLS = (
    [
        frame.format(call)
        for call in ("getenv('HOME')", "current_setting('temp_directory')", "getvariable('x')", "nextval('s')")
        for frame in ("SELECT {}", "FROM contacts ORDER BY {}", "SELECT list_transform([1], lambda x: {})")
    ]
    + """SELECT system.main.getenv('HOME')
SELECT main.lower('x')
SELECT 'HOME'.getenv()
SELECT [getenv(x) for x in ['HOME']]
FROM contacts QUALIFY getenv('HOME') = ''
FROM contacts WHERE getenv('HOME') = ''
SELECT count(*) FROM contacts HAVING getenv('HOME') = ''
SELECT count(*) FILTER (WHERE getenv('HOME') = '') FROM contacts
SELECT string_agg(name ORDER BY getenv('HOME')) FROM contacts
SELECT sum(1) OVER (PARTITION BY getenv('HOME')) FROM contacts
SELECT sum(1) OVER (ORDER BY contact_id ROWS length(getenv('HOME')) PRECEDING) FROM contacts
FROM range((SELECT length(getenv('HOME'))))
FROM unnest([getenv('HOME')])
FROM contacts LIMIT (SELECT length(getenv('HOME')))
FROM contacts c JOIN calls k ON getenv('HOME') = ''
VALUES (getenv('HOME'))
SELECT COLUMNS(lambda c: getenv(c) = '') FROM contacts
SELECT * REPLACE (getenv('HOME') AS name) FROM contacts
SELECT CASE WHEN getenv('HOME') = '' THEN 1 END
SELECT getenv('HOME')::VARCHAR
SELECT getenv('HOME') COLLATE NOCASE
SELECT getenv('HOME') BETWEEN 'a' AND 'b'
SELECT (getenv('HOME'))[1]
SELECT {'a': getenv('HOME')}
FROM contacts GROUP BY ROLLUP (getenv('HOME'))
SELECT DISTINCT ON (getenv('HOME')) name FROM contacts
FROM (PIVOT contacts ON state IN ('new') USING max(getenv('HOME')))
SELECT version()
SELECT current_database()
SELECT current_query()
SELECT pg_get_viewdef(1)
SELECT json_serialize_sql('SELECT 1')
SELECT stats(name) FROM contacts
SELECT write_log('x')
SELECT sleep_ms(100000)
SELECT pg_sleep(100)
SELECT setseed(0.5)
SELECT parse_path('/a/b')
SELECT repeat('x', 1000000000)
SELECT lpad('x', 1000000000, 'y')
SELECT printf('%1000000000d', 1)
SELECT format('{:1000000000d}', 1)
SELECT list_sum(range(1000000000))
SELECT unnest(generate_series(1, 1000000000))
SELECT list_resize([1], 1000000000)
SELECT 'contacts'::regclass
SELECT 1::main.mood""".splitlines()
)


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_but_one_select_is_answered(sql: str):
    text = refused(sql)
    assert any(
        word in text
        for word in ("SELECT", "PIVOT", "parameters", "the description of the data", "valid SQL", "not allowed")
    )


@pytest.mark.parametrize("sql", ELSEWHERE)
def test_only_the_views_and_what_with_defines_can_be_read(sql: str):
    text = refused(sql)
    assert any(
        word in text for word in ("no such view", "not allowed in FROM", "another name", "one state", "not accept")
    )
    assert "/etc" not in text


@pytest.mark.parametrize("sql", CALLS)
def test_functions_that_read_the_machine_or_make_much_of_little_are_refused_wherever_they_stand(sql: str):
    text = refused(sql)
    assert "not allowed" in text or "no such type" in text or "types of SQL" in text
    assert "HOME" not in text


def test_what_is_allowed_is_there_in_this_release_of_duckdb():
    import duckdb

    there = {row[0] for row in duckdb.connect().execute("SELECT function_name FROM duckdb_functions()").fetchall()}
    # The parser makes these of a macro's or an operator's words.
    there |= {"ifnull", "coalesce", "!~", "current_localtime"}
    assert set().union(*FUNCTIONS.values()) - there == set()
    assert there >= TABLE_FUNCTIONS


def test_no_function_is_allowed_that_reads_files_settings_or_the_catalogue():
    import duckdb

    forbidden = (
        {
            row[0]
            for row in duckdb.connect()
            .execute(
                "SELECT function_name FROM duckdb_functions() WHERE function_type IN ('table', 'pragma', 'table_macro')"
            )
            .fetchall()
        }
        - TABLE_FUNCTIONS
        - {"histogram"}
    )  # the aggregate of this name only
    unstable = {
        row[0]
        for row in duckdb.connect()
        .execute("SELECT function_name FROM duckdb_functions() WHERE has_side_effects AND function_type = 'scalar'")
        .fetchall()
    }
    allowed = OPERATORS.union(*FUNCTIONS.values())
    assert allowed & forbidden == set()
    assert allowed & unstable == set()
    assert not {name for name in allowed if name.startswith(("pg_", "duckdb_", "read_", "parquet_", "json_"))}


def test_the_views_are_those_of_a_snapshot():
    from dialler_mcp.reporting.snapshot import opening

    assert set(VIEWS) == set(opening._VIEWS)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT (WITH a AS (SELECT 1 AS x) SELECT x FROM a) FROM a",
        "FROM a, (WITH a AS (SELECT 1 AS x) FROM a)",
        "WITH a AS (FROM b), b AS (SELECT 1 AS x) FROM a",
        "WITH a AS (WITH b AS (SELECT 1 AS x) FROM b) FROM a, b",
        "WITH a AS (FROM a) FROM a",
        "(WITH a AS (SELECT 1 AS x) FROM a) UNION FROM a",
        'FROM \'/etc/passwd\', (WITH "/etc/passwd" AS (SELECT 1 AS x) FROM "/etc/passwd")',
    ],
)
def test_what_with_defines_is_there_where_it_was_defined_and_nowhere_else(sql: str):
    assert "There is no such view" in refused(sql)
