"""What an open snapshot reads, and what it cannot do."""

import pytest

from dialler_mcp.reporting.snapshot.columns import AGENT_COLUMNS
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage, Coverage
from tests.reporting.house import CAMPAIGN, COUNT, House


@pytest.mark.thorough
async def test_a_reader_keeps_what_it_opened_while_a_refresh_replaces_it(read_one: House) -> None:
    with read_one.snapshots.open([CAMPAIGN]) as snapshot:
        ((before,),) = snapshot.rows(COUNT)
        read_one.store.delete_contact(next(iter(read_one.store.contacts(CAMPAIGN))).id)
        await read_one.snapshots.refresh([CAMPAIGN])
        assert list(snapshot.rows(COUNT)) == [(before,)]
    assert read_one.figures(COUNT) == [(before - 1,)]
    assert len(read_one.files()) == 1


async def test_an_open_snapshot_reaches_nothing_outside_and_changes_no_file(read_one: House) -> None:
    import duckdb

    files = [(file, file.read_bytes()) for file in read_one.files()]
    with read_one.snapshots.open([CAMPAIGN]) as snapshot:
        for sql in (
            "DELETE FROM c538.contacts",
            "DROP TABLE c538.calls",
            "COPY contacts TO '{}/out.csv'",
            "ATTACH '{}/new.duckdb'",
            "SELECT * FROM read_csv('/etc/hosts')",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                list(snapshot.rows(sql.format(read_one.directory)))
    assert [(file, file.read_bytes()) for file in read_one.files()] == files


def test_calls_are_known_where_some_were_read_or_there_are_none():
    read = CampaignCoverage(538, "One", None, contacts=10, histories=2, calls=3)
    unread = CampaignCoverage(539, "Two", None, contacts=10, histories=9)
    empty = CampaignCoverage(540, "Three", None, contacts=10, histories=10)
    assert [one.calls_known for one in (read, unread, empty)] == [True, False, True]
    for campaigns, known in (((read, unread), True), ((unread, empty), False), ((empty,), True)):
        assert Coverage(campaigns, "Europe/Berlin", "bank").calls_known is known


async def test_without_agents_nothing_tells_them_apart_and_all_else_is_there(read_one: House) -> None:
    with read_one.snapshots.open([CAMPAIGN]) as snapshot:
        assert snapshot.coverage.agents
        whole = list(snapshot.rows("SELECT * EXCLUDE (agent_id) FROM calls ORDER BY ALL"))
        assert next(snapshot.rows("SELECT count(agent_id) FROM calls"))[0] > 0
    with read_one.made(agents=False).open([CAMPAIGN]) as snapshot:
        assert not snapshot.coverage.agents
        assert list(snapshot.rows("SELECT * EXCLUDE (agent_id) FROM calls ORDER BY ALL")) == whole
        for view, columns in AGENT_COLUMNS.items():
            for column in columns:
                ((known, kind),) = snapshot.rows(f"SELECT count({column}), any_value(typeof({column})) FROM {view}")
                assert (known, kind) == (0, "BIGINT" if column == "agent_id" else "VARCHAR")
