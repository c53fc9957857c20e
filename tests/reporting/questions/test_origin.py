"""Which columns hold text that somebody else wrote. Each question is put to DuckDB itself, whose tree is looked at."""

import pytest

from tests.reporting.questions.test_rules import found

MAKING = [
    "CREATE VIEW contacts AS SELECT 1 AS contact_id, 'order' AS comment, 'order' AS tag, 'Müller' AS name,"
    " 'new' AS state, TIMESTAMP '2026-11-20 14:00' AS next_try",
    "CREATE VIEW calls AS SELECT 1 AS contact_id, 10 AS hour, 'busy' AS outcome",
    "CREATE VIEW result_codes AS SELECT 1 AS result_code_id, 'Sold' AS name_en",
    "CREATE VIEW campaigns AS SELECT 538 AS campaign_id, 'Campaign 1000' AS name, 420 AS contacts",
]


def foreign(sql: str) -> list[bool]:
    return found(sql, making=MAKING, free=["comment", "tag"])["foreign"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT comment FROM contacts",
        "SELECT c.COMMENT AS x FROM contacts c",
        "SELECT comment AS name FROM contacts",
        "SELECT left(comment, 20) AS state FROM contacts",
        "SELECT string_agg(tag, ' ') AS state FROM contacts",
        "SELECT (SELECT max(comment) FROM contacts) AS outcome FROM calls",
        "WITH a AS (SELECT comment AS x FROM contacts) SELECT x AS name FROM a",
        "WITH contacts AS (SELECT comment AS name FROM contacts) SELECT name AS name FROM contacts",
        "WITH a(name) AS (SELECT comment FROM contacts) FROM a",
        "SELECT name FROM (SELECT comment FROM contacts) a(name)",
        "SELECT name FROM contacts UNION SELECT comment FROM contacts",
        "WITH RECURSIVE r AS (SELECT name FROM contacts UNION SELECT comment FROM contacts, r) FROM r",
        "SELECT * EXCLUDE (comment, tag, contact_id, state, next_try) REPLACE (comment AS name) FROM contacts",
        "SELECT * EXCLUDE (name, tag, contact_id, state, next_try) RENAME (comment AS name) FROM contacts",
        "SELECT COLUMNS('comment') AS name FROM contacts",
        "SELECT COLUMNS('com(me)nt') AS 'na\\1' FROM contacts",
        "SELECT unnest({'name': comment}) FROM contacts",
        "SELECT unnest(row(comment)::STRUCT(name VARCHAR)) FROM contacts",
        "SELECT s.name FROM (SELECT struct_pack(name := comment) AS s FROM contacts)",
        "SELECT contacts AS name FROM contacts",
        "SELECT c::VARCHAR AS state FROM contacts c",
        "SELECT #2 FROM contacts",
        "SELECT name FROM contacts c(a, name, b, d)",
        "SELECT v FROM (UNPIVOT contacts ON comment INTO NAME n VALUE v)",
        "FROM (PIVOT contacts ON state IN ('new') USING max(comment) GROUP BY contact_id) SELECT new",
        "SELECT [comment] AS state FROM contacts",
        "SELECT MAP {'name': comment} AS name FROM contacts",
    ],
)
def test_what_comes_from_such_a_column_is_foreign_whatever_it_is_called(sql: str):
    assert foreign(sql) == [True]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name AS x, upper(state), next_try::VARCHAR FROM contacts",
        "SELECT c.name, k.* FROM contacts c JOIN calls k USING (contact_id)",
        "SELECT name_en || '!' AS comment FROM result_codes",
        "SELECT contacts FROM campaigns",
        "SELECT 'comment', count(*), count(name) FROM contacts",
        "FROM calls UNION ALL FROM calls",
    ],
)
def test_a_question_that_reads_no_such_column_has_none(sql: str):
    assert not any(foreign(sql))


def test_columns_of_ours_beside_it_stay_what_they_are():
    assert foreign("SELECT name, state, count(*), max(next_try), max(comment) AS x FROM contacts GROUP BY ALL") == [
        *(False, False, False, False, True),
    ]
    assert foreign("FROM contacts") == [False, True, True, False, False, False]
    assert foreign("SELECT c.name AS name, upper(c.name) AS loud, tag FROM contacts c") == [False, True, True]
