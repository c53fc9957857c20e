"""The contact functions beyond what tests/api/test_functions.py holds for all."""

from typing import Any

import httpx2
import pytest

from dialler_mcp.api.errors import Conflict, DiallerError, FunctionMissing, NotFound
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact, ContactDetails
from tests.api.wire import Wire, done, records, refusal, sent

# The only telephone numbers are of the ranges kept free for films.
NUMBER = "493023125042"


async def test_get_contact_reads_the_documented_example() -> None:
    example: dict[str, Any] = {
        "bLastResultMailbox": None,
        "bPhoneNumber3Invalid": None,
        "Company": "Musterfirma GmbH",
        "LastAcidAgentEndReasonsID": None,
        "dtNextTry": None,
        "Name": "Mustermann",
        "nTriesPhoneNumber5": 0,
        "nPhoneNumber6LastCause": None,
        "PhoneNumber3LastAcidAgentEndReasonsID": None,
    }
    async with Wire(records({"ID": 215220, **example})).dialler() as dialler:
        contact = await dialler.get_contact(215220)
    assert type(contact) is Contact
    assert (contact.id, contact.name, contact.company) == (215220, "Mustermann", "Musterfirma GmbH")
    assert contact.n_tries_phone_number5 == 0
    assert contact.other == {}


@pytest.mark.parametrize("overwrite", [True, False])
async def test_import_says_whether_duplicates_are_overwritten(overwrite: bool) -> None:
    values = {"Name": "Müßig", "DiallerCampaignsName": "Winback", "PhoneNumber1": NUMBER}
    wire = Wire(records({"ID": 9} | values))
    async with wire.dialler() as dialler:
        assert (await dialler.import_contact(values, overwrite_duplicates=overwrite)).phone_number1 == NUMBER
    assert wire.request.url.query == f"overwriteDuplicates={'true' if overwrite else 'false'}".encode()
    assert sent(wire.request) == values


async def test_update_sends_the_given_fields_and_no_others() -> None:
    wire = Wire(records({"ID": 1, "City": ""}))
    async with wire.dialler() as dialler:
        await dialler.update_contact({"ID": 1, "City": "", "Comment": None})
    assert sent(wire.request) == {"ID": 1, "City": "", "Comment": None}


@pytest.mark.parametrize(("language", "number"), [(Language.en, "1"), (Language.de, "2")], ids=["english", "german"])
async def test_a_batch_asks_in_the_language(language: Language, number: str) -> None:
    wire = Wire(records({"ID": 1, "DiallerCampaignsResultCodes": {"ID": 7, "Content": "Max Tries (Abort)"}}))
    async with wire.dialler() as dialler:
        (details,) = await dialler.get_contacts([1], language=language)
    assert type(details) is ContactDetails
    assert details.dialler_campaigns_result_codes is not None
    assert details.dialler_campaigns_result_codes.content == "Max Tries (Abort)"
    assert wire.request.url.query == f"languagesID={number}".encode()
    assert sent(wire.request) == {"IDList": [1]}


@pytest.mark.parametrize("status", [404, 405])
async def test_a_release_without_the_batch_says_so(status: int) -> None:
    async with Wire(httpx2.Response(status)).dialler() as dialler:
        with pytest.raises(FunctionMissing):
            await dialler.get_contacts([1])


ACTIONS = ["delete_contact", "lock_contact", "unlock_contact", "reset_contact"]


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_action_on_a_contact_that_is_none_is_not_found(action: str) -> None:
    wire = Wire(*[refusal(404, "Dialler contact not found") for _ in range(2)])
    async with wire.dialler() as dialler:
        with pytest.raises(NotFound, match="Dialler contact not found"):
            await getattr(dialler, action)(1)
        with pytest.raises(NotFound):
            await getattr(dialler, f"{action}_by_user_data")("none")


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_action_may_be_repeated_by_the_caller(action: str) -> None:
    wire = Wire(done(), done())
    async with wire.dialler() as dialler:
        for _ in range(2):
            assert await getattr(dialler, action)(1) is None
    assert {request.content for request in wire.requests} == {b""}


@pytest.mark.parametrize("contact_id", ["1", "1/../2", 1.0, None])
async def test_an_id_must_be_a_number(contact_id: Any) -> None:
    async with Wire().dialler() as dialler:
        for action in ("get_contact", "get_contact_history", *ACTIONS):
            with pytest.raises((ValueError, TypeError)):
                await getattr(dialler, action)(contact_id)


async def test_a_conflict_is_told_from_other_refusals() -> None:
    async with Wire(refusal(409, "exists"), refusal(418, "tea")).dialler() as dialler:
        for kind in (Conflict, DiallerError):
            with pytest.raises(kind):
                await dialler.update_contact({"ID": 1})
