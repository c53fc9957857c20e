"""Tools that look at the dialler as a whole."""

import asyncio
from collections.abc import Awaitable
from importlib.metadata import version

from dialler_mcp.api.errors import DiallerError, FunctionMissing, NotDialler
from dialler_mcp.domain.times import shown
from dialler_mcp.service.answers import Details
from dialler_mcp.service.headings import YES, truth
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.tools.family import family
from dialler_mcp.words import Words

tools = family("overview")

UNPROBED = Words(
    "update, reset, lock, delete: cannot be tried without writing; a tool says so if they are missing",
    "update, reset, lock, delete: ohne Schreiben nicht zu prüfen; ein Werkzeug sagt, wenn sie fehlen",
)
MISSING = Words("missing", "fehlt")
AGREES = Words("agrees", "stimmt überein")
_SANDBOX = Words("SANDBOX", "SANDBOX (Übungs-Dialler)")
_ACCEPTED = Words("accepted", "angenommen")
_BESIDE = Words("{seconds} s compared with ours", "{seconds} s gegenüber unserer")
_UNCLEAR = Words("unclear: {why}", "unklar: {why}")


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
    language = invocation.language
    record = {
        "dialler": _SANDBOX.text(language) if profile.is_sandbox else invocation.dialler.address.host,
        "token": _ACCEPTED.text(language),
        "campaigns": len(campaigns),
        "batch function": batch.text(language),
        "history": history.text(language),
        "AcdEvents": acd.text(language),
        "other functions": UNPROBED.text(language),
        "time": shown(invocation.profile.time(), profile.zone),
        "zone": str(profile.zone),
        "privacy": profile.privacy.value,
        "confirmation": profile.policy.value,
        "role": invocation.caller.role.value,
        "read only": truth(profile.read_only, language),
        "dry run": truth(profile.dry_run, language),
        "dialler-mcp": version("dialler-mcp"),
    }
    if (skew := invocation.dialler.clock_skew) is not None:
        beside = _BESIDE.filled(seconds=f"{skew:+.0f}")
        record["dialler's clock"] = (AGREES if abs(skew) < 60 else beside).text(language)
    return Details(record=record, notes=invocation.notes()).in_language(language)


async def _has(probe: Awaitable[object]) -> Words:
    try:
        await probe
    except FunctionMissing:
        return MISSING
    except DiallerError as error:
        return _UNCLEAR.filled(why=error.summary)
    return YES
