"""Tools that look at the dialler as a whole."""

import asyncio
from collections.abc import Awaitable
from importlib.metadata import version

from dialler_mcp.api.errors import DiallerError, FunctionMissing, NotDialler
from dialler_mcp.domain.times import shown
from dialler_mcp.service.answers import Details
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.tools.family import family

tools = family("overview")

UNPROBED = "update, reset, lock, delete: cannot be tried without writing; a tool says so if they are missing"


@tools.reads(
    title="Check connection",
    german=(
        "Sagt, welcher Dialler das ist (Sandbox oder echt), ob das Token gilt, was seine "
        "Version kann, seine Uhr und Zeitzone."
    ),
)
async def dialler_check_connection(invocation: Invocation) -> Details:
    """Check the connection: whether the dialler is reachable and the token works, and whether it is the sandbox (test)
    or production. Shows the functions of this release, role, rights, clock and timezone.
    """
    profile = invocation.profile
    campaigns = await invocation.dialler.list_campaigns()
    dialler = invocation.dialler
    batch, history, acd = await asyncio.gather(
        _has(dialler.get_contacts([1])), _has(dialler.get_contact_history(1)), _has(dialler.list_acd_event_types())
    )
    if not dialler.answered:  # nothing but 404s, which may mean none, but show no dialler
        raise NotDialler(status=404)
    record = {
        "dialler": "SANDBOX" if profile.is_sandbox else invocation.dialler.address.host,
        "token": "accepted",
        "campaigns": len(campaigns),
        "batch function": batch,
        "history": history,
        "AcdEvents": acd,
        "other functions": UNPROBED,
        "time": shown(invocation.profile.time(), profile.zone),
        "zone": str(profile.zone),
        "privacy": profile.privacy.value,
        "confirmation": profile.policy.value,
        "role": invocation.caller.role.value,
        "read only": "yes" if profile.read_only else "no",
        "dry run": "yes" if profile.dry_run else "no",
        "dialler-mcp": version("dialler-mcp"),
    }
    if (skew := invocation.dialler.clock_skew) is not None:
        record["dialler's clock"] = "agrees" if abs(skew) < 60 else f"{skew:+.0f} s beside ours"
    return Details(record=record, notes=invocation.notes())


async def _has(probe: Awaitable[object]) -> str:
    try:
        await probe
    except FunctionMissing:
        return "missing"
    except DiallerError as error:
        return f"unclear: {error.summary}"
    return "yes"
