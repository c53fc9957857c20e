"""Where the people stand whom the examples of the documents know by name."""

from collections import Counter
from datetime import datetime

from dialler_mcp.sandbox.world.scenes import ORDERS_TO_THE_READER
from dialler_mcp.sandbox.world.world import World


def test_contact10_is_mustermann_and_stands_where_the_examples_say(world: World, now: datetime) -> None:
    contacts = [contact for contact in world.contacts if (contact.user_data or "").casefold() == "contact10"]
    assert [contact.id for contact in contacts] == [215220]
    contact = contacts[0]
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
