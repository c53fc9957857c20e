import pytest

from dialler_mcp.api import errors
from dialler_mcp.lists.jobs.outcomes import ErrorMeaning, means


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (errors.BadRequest(status=400), ErrorMeaning.failed),
        (errors.NotFound(status=404), ErrorMeaning.failed),
        (errors.Conflict(status=409), ErrorMeaning.failed),
        (errors.UnexpectedStatus(status=418), ErrorMeaning.failed),
        (errors.Unreachable(), ErrorMeaning.later),
        (errors.ConnectionRefused(), ErrorMeaning.later),
        (errors.TooMany(status=429), ErrorMeaning.later),
        (errors.Unauthorized(status=401), ErrorMeaning.stop),
        (errors.Forbidden(status=403), ErrorMeaning.stop),
        (errors.ProxyRefused(status=407), ErrorMeaning.stop),
        (errors.FunctionMissing(status=404), ErrorMeaning.stop),
        (errors.NotDialler(status=404), ErrorMeaning.stop),
        (errors.UnexpectedStatus(status=408), ErrorMeaning.look),
        (errors.ServerFault(status=500), ErrorMeaning.look),
        (errors.OutcomeUnknown(), ErrorMeaning.look),
        (errors.OtherChanged(), ErrorMeaning.unknown),
        (errors.NotJson(), ErrorMeaning.look),
        (errors.TooSlow(), ErrorMeaning.look),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, errors.DiallerError) else None,
)
def test_an_error_says_whether_a_row_failed_waits_stops_the_job_or_is_looked_up(
    error: errors.DiallerError, meaning: ErrorMeaning
):
    assert means(error) is meaning
