"""Who lives in the sandbox: invented, believable, and out of everybody's way."""

import re
from collections import Counter
from datetime import datetime

import pytest

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.records import PHONE_SLOTS, Contact
from dialler_mcp.sandbox.world import names, phones
from dialler_mcp.sandbox.world.people import MAIL_DOMAINS
from dialler_mcp.sandbox.world.plans import PLANS, RENEWAL
from dialler_mcp.sandbox.world.scenes import ORDERS_TO_THE_READER
from dialler_mcp.sandbox.world.world import World, invent


def numbers_of(contact: Contact) -> list[str]:
    """Every telephone and fax number of a contact."""
    fields = [info for info in Contact.fields() if info.about.kind is Kind.PHONE]
    return [value for info in fields if (value := getattr(contact, info.attribute))]


def test_every_telephone_number_is_one_that_nobody_has(world: World) -> None:
    called = [number for row in world.history for number in (row.phone_number, row.a_number, row.b_number) if number]
    senders = [text for event in world.events for text in (event.sender, event.receiver) if text and text.isdecimal()]
    numbers = [number for contact in world.contacts for number in numbers_of(contact)]

    assert len(numbers) > len(world.contacts)
    assert senders
    assert all(phones.is_invented(number) for number in [*numbers, *called, *senders])


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


def test_mail_links_and_ibans_lead_nowhere(world: World) -> None:
    for contact in world.contacts:
        if contact.email:
            assert re.fullmatch(r"[a-z0-9.-]+", contact.email.partition("@")[0]), contact.email
            assert contact.email.partition("@")[2] in MAIL_DOMAINS
        assert (contact.external_system_link or "").startswith("https://crm.example.com/")
        assert (contact.account_iban or "DE00").startswith("DE00")
    assert any(contact.account_iban for contact in world.contacts)


def test_postal_code_and_region_fit_the_city(world: World) -> None:
    places = {place.city: place for place in names.PLACES}
    for contact in world.contacts:
        place = places[contact.city or ""]
        assert contact.postal_code in place.postal_codes
        assert contact.region in (place.region, None)


def test_no_text_is_longer_than_its_field(world: World) -> None:
    for contact in world.contacts:
        for info in Contact.fields():
            value = getattr(contact, info.attribute)
            if isinstance(value, str) and info.about.length is not None:
                assert len(value) <= info.about.length, info.wire


def test_names_come_from_many_countries(world: World) -> None:
    for origin in names.ORIGINS:
        assert any(contact.name in origin.surnames for contact in world.contacts)


def test_there_are_campaigns_of_every_age_and_about_1500_contacts(world: World, now: datetime) -> None:
    assert len(world.contacts) == sum(plan.size for plan in PLANS)
    assert 1_400 <= len(world.contacts) <= 1_600
    assert len(world.campaigns) >= 6
    assert any(campaign.dt_to and campaign.dt_to < now for campaign in world.campaigns)
    assert any(campaign.dt_from and campaign.dt_from > now for campaign in world.campaigns)
    names_ = {campaign.name: campaign.id for campaign in world.campaigns}
    assert names_["Campaign 1000"] == 538
    assert {"Campaign 1000 Test", "Winback Herbst/2020", "50% & Co.", "Kündiger-Rückgewinnung"} < names_.keys()


def test_ids_do_not_overlap(world: World) -> None:
    assert len({contact.id for contact in world.contacts}) == len(world.contacts)
    assert len({code.id for code in world.codes}) == len(world.codes) == 7 * len(world.campaigns)


def test_the_fields_of_the_documented_example_have_its_ids(world: World) -> None:
    campaign = next(campaign for campaign in world.campaigns if campaign.id == 538)
    assert campaign.abort_on_no_tel_number_result_codes_id == 2492
    assert campaign.incoming_call_result_codes_id == 2494


def test_a_freshly_imported_contact_has_null_flags_and_zero_counters(world: World) -> None:
    fresh = [contact for contact in world.contacts if contact.dialler_campaigns_id == RENEWAL.id]
    assert len(fresh) == RENEWAL.size
    for contact in fresh:
        assert contact.b_last_result_mailbox is None
        assert contact.dt_next_try is None
        for slot in PHONE_SLOTS:
            assert getattr(contact, f"n_tries_phone_number{slot}") == 0
            assert getattr(contact, f"b_phone_number{slot}_invalid") is None


def test_contact10_is_mustermann_and_stands_where_the_examples_say(world: World, now: datetime) -> None:
    found = [contact for contact in world.contacts if (contact.user_data or "").casefold() == "contact10"]
    assert [contact.id for contact in found] == [215220]
    contact = found[0]
    history = [row for row in world.history if row.dialler_contacts_id == contact.id]
    code = next(code for code in world.codes if code.id == contact.dialler_campaigns_result_codes_id)

    assert (contact.name, contact.dialler_campaigns_id) == ("Mustermann", 538)
    assert code.export_key == "NE"
    assert history[-1].dialler_campaigns_result_codes_id == code.id
    assert len(history) == 3
    assert contact.dt_next_try is not None
    assert contact.dt_next_try > now
    assert not contact.b_locked


def test_two_people_share_a_key_in_one_campaign_and_two_across_campaigns(world: World) -> None:
    keys = Counter(contact.user_data for contact in world.contacts)
    assert {key for key, count in keys.items() if count > 1} == {"Kunde-4711", "Kunde-0815"}
    assert len({c.dialler_campaigns_id for c in world.contacts if c.user_data == "Kunde-4711"}) == 1
    assert len({c.dialler_campaigns_id for c in world.contacts if c.user_data == "Kunde-0815"}) == 2


def test_frau_mueller_is_locked_and_herr_mueller_is_finished(world: World) -> None:
    frau, herr = [contact for contact in world.contacts if contact.name == "Müller"]
    code = next(code for code in world.codes if code.id == herr.dialler_campaigns_result_codes_id)

    assert (frau.salutation, frau.b_locked) == ("Frau", True)
    assert (herr.salutation, code.export_key, herr.dt_next_try) == ("Herr", "KI", None)


def test_one_comment_gives_orders_to_whoever_reads_it(world: World) -> None:
    assert [c.dialler_campaigns_id for c in world.contacts if c.comment == ORDERS_TO_THE_READER] == [538]


def test_some_appointments_are_overdue_some_for_today_some_for_later(world: World, now: datetime) -> None:
    due = [c.follow_up_date_time for c in world.contacts if c.follow_up_date_time]
    assert sum(moment < now for moment in due) >= 2
    assert sum(moment.date() == now.date() and moment > now for moment in due) >= 2
    assert sum(moment.date() > now.date() for moment in due) >= 2


@pytest.mark.thorough
def test_the_same_seed_and_moment_invent_the_same_world_and_another_seed_another(now: datetime, world: World) -> None:
    assert invent(1000, now) == world
    assert invent(7, now).contacts != world.contacts
