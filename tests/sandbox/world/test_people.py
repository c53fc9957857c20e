"""Who lives in the sandbox: invented, believable, and out of everybody's way."""

import re

from dialler_mcp.domain.records import PHONE_SLOTS, Contact
from dialler_mcp.sandbox.world.people import MAIL_DOMAINS
from dialler_mcp.sandbox.world.plans import RENEWAL
from dialler_mcp.sandbox.world.world import World


def test_mail_links_and_ibans_lead_nowhere(world: World) -> None:
    for contact in world.contacts:
        if contact.email:
            assert re.fullmatch(r"[a-z0-9.-]+", contact.email.partition("@")[0]), contact.email
            assert contact.email.partition("@")[2] in MAIL_DOMAINS
        assert (contact.external_system_link or "").startswith("https://crm.example.com/")
        assert (contact.account_iban or "DE00").startswith("DE00")
    assert any(contact.account_iban for contact in world.contacts)


def test_no_text_is_longer_than_its_field(world: World) -> None:
    for contact in world.contacts:
        for info in Contact.fields():
            value = getattr(contact, info.attribute)
            if isinstance(value, str) and info.about.length is not None:
                assert len(value) <= info.about.length, info.wire


def test_a_freshly_imported_contact_has_null_flags_and_zero_counters(world: World) -> None:
    fresh = [contact for contact in world.contacts if contact.dialler_campaigns_id == RENEWAL.id]
    assert len(fresh) == RENEWAL.size
    for contact in fresh:
        assert contact.b_last_result_mailbox is None
        assert contact.dt_next_try is None
        for slot in PHONE_SLOTS:
            assert getattr(contact, f"n_tries_phone_number{slot}") == 0
            assert getattr(contact, f"b_phone_number{slot}_invalid") is None
