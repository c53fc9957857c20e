from dialler_mcp.domain.fields import Language
from tests.conftest import NOON
from tests.tools.asking import Make, fresh, instead, never_answered


async def test_each_campaign_is_looked_up_once_even_when_it_cannot_be(bench: Make):
    b = bench()
    instead(b, "GET", "/dialler/campaigns/538", never_answered)
    views = await b.profile.views([fresh(id=n, dialler_campaigns_id=538) for n in range(30)])
    assert [view.contact.id for view in views] == list(range(30))
    assert views[0].campaign is None
    assert len(b.wire.requests) == 4, "three attempts for the name, one for the codes"


async def test_the_language_is_the_asked_one_or_that_of_the_settings(bench: Make):
    b = bench(language="de")
    assert (b.profile.language(None), b.profile.language(Language.en)) == (Language.de, Language.en)
    contact = b.store.contact(215232)
    assert contact is not None
    assert (await b.profile.view(contact)).result() == "Kein Interesse"
    assert (await b.profile.view(contact, Language.en)).result() == "No interest"


def test_the_clock_is_that_of_the_dialler(bench: Make):
    b = bench()
    assert b.profile.time().replace(tzinfo=None) == NOON
    b.profile.now = None
    assert b.profile.time().tzinfo is not None
