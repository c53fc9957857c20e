"""What the contact functions do to the records."""

from random import Random

import httpx2

from dialler_mcp.domain.records import PHONE_SLOTS, Contact, HistoryEntry
from dialler_mcp.sandbox import Options, Store, build_app
from tests.sandbox.conftest import IMPORT, PERSON, UPDATE, Connect, record

CONTACT = "/dialler/contacts/contact"


def stored(store: Store, contact_id: int = 215220) -> Contact:
    contact = store.contact(contact_id)
    assert contact is not None
    return contact


async def test_a_record_carries_every_declared_field(connect: Connect) -> None:
    async with connect() as client:
        contact = await record(await client.get("/dialler/contacts/215220"))
        same = await record(await client.get(f"{CONTACT}/215220"))
    assert contact.keys() == {info.wire for info in Contact.fields()}
    assert same == contact


async def test_a_history_row_carries_every_declared_field_and_the_newest_is_last(connect: Connect) -> None:
    async with connect() as client:
        rows = (await client.get(f"{CONTACT}/215220/history")).json()["records"]
    assert rows[0].keys() == {info.wire for info in HistoryEntry.fields()}
    ids = [row["DiallerContactsHistoryID"] for row in rows]
    assert ids == sorted(ids)


async def test_the_history_by_user_data_is_that_of_all_who_share_it(connect: Connect, store: Store) -> None:
    ids = {contact.id for contact in store.contacts_by_user_data(["kunde-4711"])}
    async with connect() as client:
        rows = (await client.get(f"{CONTACT}/history?userData=Kunde-4711")).json()["records"]
    assert {row["DiallerContactsID"] for row in rows} == ids


async def test_a_contact_without_calls_has_an_empty_history(connect: Connect) -> None:
    async with connect() as client:
        assert (await client.get(f"{CONTACT}/218000/history")).json() == {"records": [], "count": 0, "status": 200}


async def test_a_fresh_import_has_null_flags_zero_counters_and_its_time(connect: Connect, store: Store) -> None:
    async with connect() as client:
        new = await record(await client.post(IMPORT, json={**PERSON, "Unknown": 1, "ID": 5, "UserData2": "no"}))
    assert new["ID"] not in (5, 215220)
    assert new["dtImported"] == "2026-11-20T14:00:00.000"
    assert new["bPhoneNumber1Invalid"] is new["bLocked"] is new["dtNextTry"] is new["UserData2"] is None
    assert all(new[f"nTriesPhoneNumber{slot}"] == 0 for slot in PHONE_SLOTS)
    assert stored(store, new["ID"]).name == "Neu"


async def test_an_import_names_its_campaign_by_id_or_by_name(connect: Connect) -> None:
    named = {"DiallerCampaignsName": "campaign 1000 TEST", "Name": "A", "PhoneNumber6": "493023125001"}
    async with connect() as client:
        assert (await record(await client.post(IMPORT, json=named)))["DiallerCampaignsID"] == 539
        for unknown in ({"DiallerCampaignsID": 1}, {"DiallerCampaignsID": None, "DiallerCampaignsName": "Campaign"}):
            answer = await client.post(IMPORT, json={**PERSON, **unknown})
            assert (answer.status_code, answer.json()["error"]) == (404, "Dialler campaign not found")


async def test_a_duplicate_is_overwritten_only_when_asked_and_keeps_its_counters(
    connect: Connect, store: Store
) -> None:
    before = stored(store)
    person = {**PERSON, "UserData": "CONTACT10", "Name": "Anders", "Amount": 7}
    async with connect() as client:
        new = await record(await client.post(f"{IMPORT}?overwriteDuplicates=false", json=person))
        assert new["ID"] != 215220
        await client.delete(f"{CONTACT}/{new['ID']}")
        old = await record(await client.post(f"{IMPORT}?overwriteDuplicates=true", json=person))
    after = stored(store)
    assert (old["ID"], old["Name"], old["Amount"]) == (215220, "Anders", 7)
    assert (after.n_tries_phone_number1, after.dt_imported) == (before.n_tries_phone_number1, before.dt_imported)
    assert after.city == before.city


async def test_a_duplicate_in_another_campaign_or_an_empty_key_is_no_duplicate(connect: Connect, store: Store) -> None:
    before = len(store.contacts())
    elsewhere = {**PERSON, "UserData": "Contact10", "DiallerCampaignsID": 539}
    async with connect() as client:
        for person in (elsewhere, {**PERSON, "UserData": ""}, {**PERSON, "UserData": None}, PERSON):
            await record(await client.post(f"{IMPORT}?overwriteDuplicates=TRUE", json=person))
    assert len(store.contacts()) == before + 4


async def test_an_update_changes_only_what_is_given_and_may_be_updated(connect: Connect, store: Store) -> None:
    before = stored(store)
    changes = {"ID": 215220, "UserData": "New", "City": "", "Amount": None, "DiallerCampaignsID": 539, "Region": "R"}
    async with connect() as client:
        after = await record(await client.post(UPDATE, json=changes))
    assert (after["UserData"], after["City"], after["Amount"], after["Region"]) == ("New", None, None, "R")
    assert after["DiallerCampaignsID"] == 538
    assert after["Name"] == before.name
    assert after["nTriesPhoneNumber1"] == before.n_tries_phone_number1


async def test_an_update_by_user_data_searches_with_it_and_leaves_it_alone(connect: Connect) -> None:
    async with connect() as client:
        after = await record(await client.post(UPDATE, json={"UserData": "contact10", "FirstName": "Moritz"}))
        assert (after["ID"], after["UserData"], after["FirstName"]) == (215220, "Contact10", "Moritz")
        for unknown in ({"ID": 1}, {"UserData": "nobody"}):
            assert (await client.post(UPDATE, json=unknown)).status_code == 404


async def test_an_update_that_is_refused_changes_nothing(connect: Connect, store: Store) -> None:
    before = stored(store)
    async with connect() as client:
        assert (await client.post(UPDATE, json={"ID": 215220, "City": "Kiel", "Title": "x" * 17})).status_code == 400
    assert stored(store) == before


async def test_lock_and_unlock_may_be_repeated(connect: Connect, store: Store) -> None:
    async with connect() as client:
        for path, locked in (("lock", True), ("lock", True), ("unlock", False), ("unlock", False)):
            assert (await client.patch(f"{CONTACT}/215220/{path}")).json() == {"status": 200}
            assert stored(store).b_locked is locked
            assert (await client.patch(f"{CONTACT}/{path}?userData=Contact10")).status_code == 200


async def test_a_reset_forgets_the_calls_but_not_the_history_the_lock_or_the_person(
    connect: Connect, store: Store
) -> None:
    locked_contact = next(contact for contact in store.contacts(538) if contact.name == "Müller" and contact.b_locked)
    async with connect() as client:
        history = (await client.get(f"{CONTACT}/{locked_contact.id}/history")).json()["count"]
        assert (await client.patch(f"{CONTACT}/{locked_contact.id}/reset")).status_code == 200
        after = await record(await client.get(f"/dialler/contacts/{locked_contact.id}"))
        assert (await client.get(f"{CONTACT}/{locked_contact.id}/history")).json()["count"] == history > 0
        fresh = await record(await client.get("/dialler/contacts/218000"))
    bookkeeping = [name for name in after if "Tries" in name or "Cause" in name or "Invalid" in name]
    bookkeeping += ["DiallerCampaignsResultCodesID", "dtNextTry", "FollowUpDateTime", "FollowUpUsersUID"]
    bookkeeping += ["bLastResultMailbox"]
    assert {name: after[name] for name in bookkeeping} == {name: fresh[name] for name in bookkeeping}
    assert after["bLocked"] is True
    assert (after["Name"], after["dtImported"][:10]) == ("Müller", f"{locked_contact.dt_imported:%Y-%m-%d}")
    assert after["RandomSortOrder"] == locked_contact.random_sort_order


async def test_a_deleted_contact_is_gone_with_its_history(connect: Connect, store: Store) -> None:
    async with connect() as client:
        assert (await client.delete(f"{CONTACT}?userData=Contact10")).json() == {"status": 200}
        assert (await client.get("/dialler/contacts/215220")).status_code == 404
    assert store.history([215220]) == []


async def test_which_of_two_with_the_same_key_is_hit_cannot_be_foretold(full_store: Store) -> None:
    hit: set[int] = set()
    for seed in range(8):
        store = full_store.copy()
        before = {contact.id for contact in store.contacts_by_user_data(["Kunde-4711"])}
        app = build_app(store, rng=Random(seed))
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://sandbox/rest/v1.0/1",
            headers={"Authorization": "Bearer sandbox-token"},
        ) as client:
            await client.delete(f"{CONTACT}?userData=Kunde-4711")
        hit |= before - {contact.id for contact in store.contacts_by_user_data(["Kunde-4711"])}
        store.close()
    assert len(hit) == 2


async def test_the_batch_takes_ids_and_keys_and_leaves_out_the_unknown(connect: Connect) -> None:
    lists = {"UserDataList": ["kunde-4711", "nobody", "Contact10"], "IDList": [215220, 215211, 1, 2**80, -1]}
    async with connect() as client:
        contacts = (await client.post("/dialler/contacts", json=lists)).json()["records"]
        only_unknown = await client.post("/dialler/contacts", json={"IDList": [1]})
    assert len(contacts) == 4
    assert {215220, 215211} < {contact["ID"] for contact in contacts}
    assert only_unknown.json() == {"records": [], "count": 0, "status": 200}


async def test_the_batch_nests_the_result_and_the_calls(connect: Connect) -> None:
    async with connect(Options(dates="utc")) as client:
        answer = await client.post("/dialler/contacts?languagesID=2", json={"IDList": [215220]})
        contact = await record(answer)
        flat = (await client.get(f"{CONTACT}/215220/history")).json()["records"]
    code = contact["DiallerCampaignsResultCodes"]
    assert code["Content"] == "Nicht erreicht / Anrufbeantworter"
    assert code.keys() == {"bDone", "ExportKey", "Content", "bDelay", "bAborted", "ID", "bAppointment"}
    assert contact["DiallerCampaignsResultCodesID"] == code["ID"]
    rows = contact["DiallerContactsHistory"]
    assert [row["ID"] for row in rows] == [row["DiallerContactsHistoryID"] for row in flat]
    for nested, row in zip(rows, flat, strict=True):
        call = nested["StatisticsPartA"]
        assert call.pop("ID") == nested["StatisticsPartAID"] == row["StatisticsPartAID"]
        assert call.items() <= row.items()
        assert {"CONNRES", "CauseCodesID", "bOutbound", "dtCallStart", "ServiceNumbersID"} <= call.keys()


async def test_a_row_without_a_call_nests_nothing_and_a_contact_without_a_result_has_none(
    connect: Connect, store: Store
) -> None:
    row = next(row for row in store.history(c.id for c in store.contacts(538)) if row.statistics_part_a_id is None)
    async with connect() as client:
        contact = await record(await client.post("/dialler/contacts", json={"IDList": [row.dialler_contacts_id]}))
        fresh = await record(await client.post("/dialler/contacts", json={"IDList": [218000]}))
    assert contact["DiallerContactsHistory"][-1]["StatisticsPartA"] is None
    assert fresh["DiallerCampaignsResultCodes"] is fresh["DiallerCampaignsResultCodesID"] is None
    assert fresh["DiallerContactsHistory"] == []
