import pytest

from dialler_mcp.api import errors
from dialler_mcp.lists.jobs.outcomes import Means, means


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (errors.BadRequest(status=400), Means.failed),
        (errors.NotFound(status=404), Means.failed),
        (errors.Conflict(status=409), Means.failed),
        (errors.UnexpectedStatus(status=418), Means.failed),
        (errors.Unreachable(), Means.later),
        (errors.ConnectionRefused(), Means.later),
        (errors.TooMany(status=429), Means.later),
        (errors.Unauthorized(status=401), Means.stop),
        (errors.Forbidden(status=403), Means.stop),
        (errors.ProxyRefused(status=407), Means.stop),
        (errors.FunctionMissing(status=404), Means.stop),
        (errors.NotDialler(status=404), Means.stop),
        (errors.UnexpectedStatus(status=408), Means.look),
        (errors.ServerFault(status=500), Means.look),
        (errors.OutcomeUnknown(), Means.look),
        (errors.OtherChanged(), Means.unknown),
        (errors.NotJson(), Means.look),
        (errors.TooSlow(), Means.look),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, errors.DiallerError) else None,
)
def test_an_error_says_whether_a_row_failed_waits_stops_the_job_or_is_looked_up(
    error: errors.DiallerError, meaning: Means
):
    assert means(error) is meaning
