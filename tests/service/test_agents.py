import pytest

from dialler_mcp.service.agents import uid_of
from dialler_mcp.service.invocation import Invocation
from tests.tools.asking import CAMPAIGN_1000, WINBACK, Make


@pytest.mark.everyone
@pytest.mark.parametrize(
    ("agent", "uid"), [("3", "berger"), (" 3", "berger"), ("999", None), ("berger", None), (None, None)]
)
async def test_a_uid_is_known_by_user_id_where_a_copy_tells_it(bench: Make, agent: str | None, uid: str | None):
    b = bench(read=[CAMPAIGN_1000])
    assert await uid_of(Invocation(b.profile), agent, [CAMPAIGN_1000, WINBACK]) == uid
    assert not b.wire.requests


async def test_without_a_copy_no_uid_is_known(bench: Make):
    assert await uid_of(Invocation(bench().profile), "3", [CAMPAIGN_1000]) is None


@pytest.mark.everyone
async def test_where_figures_by_agent_are_switched_off_no_uid_is_known(bench: Make):
    b = bench(read=[CAMPAIGN_1000], agent_figures=False)
    assert await uid_of(Invocation(b.profile), "3", [CAMPAIGN_1000]) is None
