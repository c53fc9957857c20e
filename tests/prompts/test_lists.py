import re

from tests.conftest import NOON
from tests.prompts.asking import MakeBench, ask
from tests.tools.asking import change


async def test_callbacks_are_sorted_by_time_with_agent_and_number(bench: MakeBench) -> None:
    b = bench()
    change(b, 215231, follow_up_date_time=NOON.replace(hour=17))
    text = await ask(b, "callback_plan", campaign="538")
    overdue = text[text.index("## Overdue") : text.index("## Rest of today")]
    assert "2026-11-18 15:00\t215251\tContact41\t" in overdue
    assert "\tberger\t" in overdue
    today = text[text.index("## Rest of today") : text.index("## The 7 days")]
    times = re.findall(r"^(2026-\S+ \S+)\t", today, re.MULTILINE)
    assert times == sorted(times)
    assert all("2026-11-20 14:00" < time < "2026-11-21" for time in times)
    assert re.search(r"Contact21\t.*\tyes", today)  # locked
    assert "\nNo time set: 0\nAutomatic redials, which nobody agreed: 19, 0 of them due now\n" in text


async def test_a_private_agent_and_key_are_masked(bench: MakeBench) -> None:
    b = bench(privacy="masked")
    change(b, 215251, follow_up_users_uid="kim.quandt@example.org", user_data="+49 30 23125001")
    text = await ask(b, "callback_plan", campaign="538")
    assert "quandt" not in text
    assert "23125001" not in text
    assert "k…@example.org" in text
    assert text.endswith("… is masked here, DIALLER_PRIVACY.")
