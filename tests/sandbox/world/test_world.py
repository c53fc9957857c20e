"""The invented world as a whole."""

from datetime import datetime

import pytest

from dialler_mcp.sandbox.world.plans import PLANS
from dialler_mcp.sandbox.world.world import World, invent


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


@pytest.mark.thorough
def test_the_same_seed_and_moment_invent_the_same_world_and_another_seed_another(now: datetime, world: World) -> None:
    assert invent(1000, now) == world
    assert invent(7, now).contacts != world.contacts
