"""What people and places of the sandbox are called."""

from dialler_mcp.sandbox.world import names
from dialler_mcp.sandbox.world.world import World


def test_postal_code_and_region_fit_the_city(world: World) -> None:
    places = {place.city: place for place in names.PLACES}
    for contact in world.contacts:
        place = places[contact.city or ""]
        assert contact.postal_code in place.postal_codes
        assert contact.region in (place.region, None)


def test_names_come_from_many_countries(world: World) -> None:
    for origin in names.ORIGINS:
        assert any(contact.name in origin.surnames for contact in world.contacts)
