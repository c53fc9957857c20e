"""An answer is matched to its question: records of others are left out and counted, or the answer is unreadable."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from dialler_mcp.api import Dialler
from dialler_mcp.api.errors import OtherChanged, OtherRecord, OutcomeUnknown
from dialler_mcp.api.strangers import watch_for_strangers
from dialler_mcp.domain.records import Contact
from tests.api.wire import Wire
from tests.tools.asking import CONTACT10, Make, instead, records, told


def wire(*rows: dict[str, Any]) -> Wire:
    return Wire(records(list(rows)))


async def test_a_read_by_key_keeps_what_fits_the_key_and_counts_the_rest() -> None:
    strangers = watch_for_strangers()
    rows = [{"ID": 7, "UserData": "contact10 "}, {"ID": 8, "UserData": "Contact100"}, {"ID": 9}]
    async with wire(*rows).dialler() as dialler:
        assert [contact.id for contact in await dialler.find_contacts_by_user_data("Contact10")] == [7]
    assert strangers.count == 2


async def test_a_read_by_key_that_brings_only_others_is_unreadable() -> None:
    async with wire({"ID": 8, "UserData": "Contact100"}).dialler() as dialler:
        with pytest.raises(OtherRecord):
            await dialler.find_contacts_by_user_data("Contact10")


async def test_a_search_by_name_keeps_what_holds_the_name_and_counts_the_rest() -> None:
    strangers = watch_for_strangers()
    rows = ({"ID": 7, "Name": "SOMMER 2027"}, {"ID": 8, "Name": "Winter"}, {"ID": 9, "Name": "Spätsömmer"})
    async with Wire(*[records(list(rows)) for _ in range(3)]).dialler() as dialler:
        assert [one.id for one in await dialler.find_campaigns_by_name("sommer")] == [7, 9]
        assert [one.id for one in await dialler.find_acd_groups_by_name(" Sommer ")] == [7, 9]
        assert [one.id for one in await dialler.find_campaigns_by_name("S%r")] == [7, 8, 9]
    assert strangers.count == 2
    async with wire(rows[1]).dialler() as dialler:
        with pytest.raises(OtherRecord):
            await dialler.find_campaigns_by_name("Sommer")


async def test_the_result_codes_of_another_campaign_are_left_out() -> None:
    rows = ({"ID": 7, "DiallerCampaignsID": 538}, {"ID": 8, "DiallerCampaignsID": 539}, {"ID": 9})
    async with wire(*rows).dialler() as dialler:
        assert [code.id for code in await dialler.get_result_codes(538)] == [7, 9]
    async with wire(rows[1]).dialler() as dialler:
        with pytest.raises(OtherRecord):
            await dialler.get_result_codes(538)


@pytest.mark.parametrize("number", [0, -1, 2**53, None])
async def test_an_id_is_a_number_that_every_reader_can_hold(number: int | None) -> None:
    row = {"ID": number, "UserData": "K"}
    async with wire(row).dialler() as dialler:
        with pytest.raises(OtherRecord):
            await dialler.find_contacts_by_user_data("K")
    async with wire(row).dialler() as dialler:
        with pytest.raises(OutcomeUnknown):
            await dialler.import_contact({"Name": "x"}, overwrite_duplicates=False)


async def test_a_batch_keeps_the_contacts_that_were_asked_for_and_their_own_calls() -> None:
    strangers = watch_for_strangers()
    history = [{"DiallerContactsID": 7}, {"DiallerContactsID": 0}, {}, {"DiallerContactsID": 8}]
    rows = [{"ID": 7, "DiallerContactsHistory": history}, {"ID": 8}, {"ID": 9, "UserData": "K"}]
    async with wire(*rows).dialler() as dialler:
        contacts = await dialler.get_contacts([7], ["k"])
    assert [(contact.id, len(contact.dialler_contacts_history)) for contact in contacts] == [(7, 3), (9, 0)]
    assert strangers.count == 2


async def test_a_history_keeps_the_calls_of_its_contact() -> None:
    strangers = watch_for_strangers()
    async with wire({"DiallerContactsID": 7}, {"DiallerContactsID": 8}).dialler() as dialler:
        assert len(await dialler.get_contact_history(7)) == 1
    async with wire({"UserData": "k"}, {"UserData": "other"}, {}).dialler() as dialler:
        assert len(await dialler.get_contact_history_by_user_data("K")) == 2
    assert strangers.count == 2


async def test_what_was_left_out_is_told_by_reads_and_changes(bench: Make) -> None:
    b = bench()
    row = {"ID": CONTACT10, "DiallerContactsID": CONTACT10}
    instead(
        b, "GET", f"/dialler/contacts/contact/{CONTACT10}/history", lambda: records([row, {"DiallerContactsID": 1}])
    )
    text = "Records of others came along with the dialler's answer and were left out: 1."
    answer = await told(b, "get_contact_history", contact_id=CONTACT10)
    assert (len(answer["rows"]), answer["notes"][-1]) == (1, text)
    assert (await told(b, "delete_contact", contact_id=CONTACT10))["notes"][-1] == text


async def test_the_same_record_twice_is_one_and_two_that_differ_are_none() -> None:
    one, other = {"ID": 7, "UserData": "K", "Comment": ""}, {"ID": 7, "UserData": "K", "Comment": "Termin heute"}
    reads: tuple[Callable[[Dialler], Awaitable[Sequence[Contact]]], ...] = (
        lambda dialler: dialler.get_contacts([7]),
        lambda dialler: dialler.find_contacts_by_user_data("K"),
    )
    for read in reads:
        async with wire(one, one).dialler() as dialler:
            assert [contact.id for contact in await read(dialler)] == [7]
        async with wire(one, other).dialler() as dialler:
            with pytest.raises(OtherRecord, match="each time differently"):
                await read(dialler)
    async with wire(one, one).dialler() as dialler:
        assert (await dialler.get_contact(7)).id == 7
    async with wire(one, other).dialler() as dialler:
        with pytest.raises(OtherRecord):
            await dialler.get_contact(7)
    async with wire(one, other).dialler() as dialler:
        with pytest.raises(OutcomeUnknown):
            await dialler.update_contact({"ID": 7, "City": "Kiel"})


async def test_a_change_that_is_answered_with_the_record_of_another_is_unknown() -> None:
    other = {"ID": 8, "Name": "Weiß"}
    changes: tuple[Callable[[Dialler], Awaitable[None]], ...] = (
        lambda dialler: dialler.lock_contact(7),
        lambda dialler: dialler.delete_contact(7),
        lambda dialler: dialler.delete_campaign(7),
    )
    for change in changes:
        async with wire({"ID": "7"}).dialler() as dialler:
            await change(dialler)
        async with wire(other).dialler() as dialler:
            with pytest.raises(OtherChanged):
                await change(dialler)


async def test_a_row_of_a_list_without_an_id_that_there_can_be_is_left_out_and_counted() -> None:
    strangers = watch_for_strangers()
    rows: list[dict[str, Any]] = [{"ID": 7}, {"ID": -7}, {"ID": 2**53}, {"Name": "Weiß"}]
    async with wire(*rows).dialler() as dialler:
        assert [contact.id async for contact in dialler.list_contacts()] == [7]
    assert strangers.count == 3
