"""Where a contact stands: the first reason that holds."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.domain.standing import Standing, standing
from tests.conftest import BERLIN, NOON

NOW = NOON.replace(tzinfo=BERLIN)
SECOND = timedelta(seconds=1)
NUMBER: dict[str, Any] = {"phone_number1": "493023125012"}
INVALID: dict[str, Any] = {**NUMBER, "b_phone_number1_invalid": True}


def of(values: dict[str, Any], state: State = State.open, campaign: Campaign | None = None) -> Standing:
    return standing(Contact(id=1, **values), state, campaign, NOW, BERLIN)


@pytest.mark.parametrize(
    ("values", "state", "campaign", "expected"),
    [
        (NUMBER, State.open, None, Standing.free),
        (NUMBER, State.done, None, Standing.final),
        ({**NUMBER, "b_locked": True}, State.aborted, None, Standing.final),
        ({**NUMBER, "b_locked": True}, State.unknown, None, Standing.locked),
        ({**NUMBER, "b_locked": msgspec.UNSET}, State.open, None, Standing.free),
        ({"phone_number1": ""}, State.unknown, None, Standing.no_number),
        (INVALID, State.unknown, None, Standing.all_invalid),
        ({**INVALID, "phone_number2": "493023125013"}, State.open, None, Standing.free),
        (NUMBER, State.unknown, Campaign(dt_to=NOON - SECOND), Standing.hidden),
        (NUMBER, State.open, Campaign(dt_to=NOON - SECOND), Standing.over),
        (NUMBER, State.open, Campaign(dt_to=NOON, dt_from=NOON), Standing.free),
        ({**NUMBER, "dt_next_try": NOON + SECOND}, State.open, Campaign(dt_from=NOON + SECOND), Standing.not_begun),
        ({**NUMBER, "dt_next_try": NOON + SECOND}, State.open, None, Standing.later),
        (
            {**NUMBER, "dt_next_try": NOON - SECOND, "follow_up_date_time": NOON + SECOND},
            State.follow_up,
            None,
            Standing.later,
        ),
        ({**NUMBER, "dt_next_try": NOON}, State.follow_up, None, Standing.free),
    ],
)
def test_the_first_reason_that_holds_counts(
    values: dict[str, Any], state: State, campaign: Campaign | None, expected: Standing
):
    assert of(values, state, campaign) is expected


def test_each_has_words_in_both_languages():
    for language in Language:
        assert len({one.text(language) for one in Standing}) == len(Standing)
