from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Kind as FieldKind
from dialler_mcp.domain.fields import Language
from dialler_mcp.lists.checking.answer import counts
from dialler_mcp.lists.checking.check import check
from dialler_mcp.lists.checking.options import Options
from dialler_mcp.lists.checking.people import Record, existing_of
from dialler_mcp.lists.columns.mapping import map_of, proposed
from dialler_mcp.lists.kinds import Kind, Verdict
from tests.lists.tables import listed

TABLE = listed(
    "UserData;Name;Tel",
    *(f"K{number};Lang;030 2312500{number}" for number in range(1, 6)),
    "K6;Lux;112",
    "K7;Busch;privat 030 23125009",
    "K9;Meier;030 23125008",
)
EXISTING = existing_of([Record(8, 9, "K8", "Kunz", None, ["493023125008"], State.done)])


def test_each_kind_has_its_count_and_three_masked_examples() -> None:
    check_counts = check(TABLE, map_of(proposed(TABLE)), EXISTING, Options(campaign_id=7))
    kind_counts = counts(check_counts, Language.de, lambda text, kind: f"{kind.value}:{text[:2]}" if text else "")
    assert [(one.kind, one.verdict, one.rows) for one in kind_counts] == [
        (Kind.ready, Verdict.ready, 6),
        (Kind.bad_number, Verdict.left_out, 1),
        (Kind.closed, Verdict.left_out, 1),
        (Kind.words_dropped, None, 1),
    ]
    assert sum(one.rows for one in kind_counts if one.verdict) == check_counts.rows == 8
    (bad,), (closed,), (dropped,) = (one.examples for one in kind_counts[1:])
    assert (bad.line, bad.name, bad.detail) == (7, f"{FieldKind.PERSON}:Lu", f"{FieldKind.FREE}:No")
    assert (closed.number, closed.other) == (f"{FieldKind.PHONE}:49", "Kontakt 8 in Kampagne 9, abgeschlossen")
    assert dropped.detail == f"{FieldKind.FREE}:pr"


def test_no_more_than_three_examples_are_kept() -> None:
    table = listed("Name;Tel", *(f"Lang{number};112" for number in range(9)))
    check_counts = check(table, map_of(proposed(table)), EXISTING, Options(campaign_id=7))
    (bad,) = counts(check_counts, Language.en, lambda text, _: text)
    assert (bad.words, bad.rows) == ("no phone number that can be dialled", 9)
    assert [one.line for one in bad.examples] == [2, 3, 4]
    assert {one.detail for one in bad.examples} == {"emergency number"}
