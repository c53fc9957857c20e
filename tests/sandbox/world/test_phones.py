"""Whose telephone numbers the people of the sandbox have: nobody's."""

from collections import Counter

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.records import Contact
from dialler_mcp.sandbox.world import phones
from dialler_mcp.sandbox.world.world import World


def numbers_of(contact: Contact) -> list[str]:
    """Every telephone and fax number of a contact."""
    fields = [info for info in Contact.fields() if info.about.kind is Kind.PHONE]
    return [value for info in fields if (value := getattr(contact, info.attribute))]


def test_every_telephone_number_is_one_that_nobody_has(world: World) -> None:
    phone_numbers = [
        number for row in world.history for number in (row.phone_number, row.a_number, row.b_number) if number
    ]
    senders = [text for event in world.events for text in (event.sender, event.receiver) if text and text.isdecimal()]
    numbers = [number for contact in world.contacts for number in numbers_of(contact)]

    assert len(numbers) > len(world.contacts)
    assert senders
    assert all(phones.is_invented(number) for number in [*numbers, *phone_numbers, *senders])


def test_no_telephone_number_belongs_to_two_people(world: World) -> None:
    counts = Counter(number for contact in world.contacts for number in numbers_of(contact))
    assert max(counts.values()) == 1


def test_an_ordinary_number_is_not_taken_for_an_invented_one() -> None:
    for number in ("493023124999", "4930231250", "4930231250000", "4917139200a1", "491713920", "491739917605"):
        assert not phones.is_invented(number)
    for number in ("493023125999", "4917139200" + "99", "491749464308"):
        assert phones.is_invented(number)


def test_when_mobile_numbers_are_used_up_landlines_follow(world: World) -> None:
    mobiles = [n for c in world.contacts for n in numbers_of(c) if phones.area_codes_id(n) is None]
    assert len(mobiles) == 2 * 100 + len(phones.SINGLE_MOBILES)
