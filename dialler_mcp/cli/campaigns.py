"""`dialler-mcp campaigns`: the campaigns of the dialler, for whoever needs a name or an ID."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from dialler_mcp.cli.terminal import Form, end, print_csv, print_json, print_text, recorded, while_somebody_reads
from dialler_mcp.domain import times
from dialler_mcp.domain.privacy import readable
from dialler_mcp.domain.standing.campaigns import Phase, phase
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.domain.records import Campaign
    from dialler_mcp.settings import Settings

COLUMNS = {
    "ID": Words("ID", "ID"),
    "name": Words("name", "Name"),
    "within_dates": Words("within dates", "in der Laufzeit"),
    "from": Words("from", "von"),
    "until": Words("until", "bis"),
}
_YES, _NO = Words("yes", "ja"), Words("no", "nein")
_NONE = Words("The dialler has no campaign yet.", "Der Dialler hat noch keine Kampagne.")


def add_campaigns_command(app: typer.Typer, read_settings: Callable[[], "Settings"]) -> None:
    """The command, as one of `app`."""

    @app.command("campaigns")
    def campaigns_(  # pyright: ignore[reportUnusedFunction]
        form: Form = typer.Option(Form.text, "--format", case_sensitive=False, help="Form of the list."),
    ) -> None:
        """List the campaigns of the dialler: ID, name, whether today lies within their dates, begin and end."""
        settings = read_settings()
        with recorded(settings, "campaigns"):
            campaigns = asyncio.run(_listed(settings))
            with while_somebody_reads():
                _print(campaigns, form, settings)


async def _listed(settings: "Settings") -> list["Campaign"]:
    from dialler_mcp.api.errors import DiallerError
    from dialler_mcp.dialler import open_dialler

    async with open_dialler(settings) as dialler:
        try:
            return await dialler.list_campaigns()
        except DiallerError as error:
            end(error.for_person(settings.language))


def _print(campaigns: Sequence["Campaign"], form: Form, settings: "Settings") -> None:
    from dialler_mcp.service.answers import SANDBOX_WORDS

    records = [_record(campaign, settings) for campaign in campaigns]
    if form is Form.json:
        print_json(records)
    elif form is Form.csv:
        print_csv(list(COLUMNS), [_row(record, _YES.en, _NO.en) for record in records])
    elif records:
        language = settings.language
        headings = [words.text(language) for words in COLUMNS.values()]
        print_text(headings, [_row(record, _YES.text(language), _NO.text(language)) for record in records])
    else:
        print(_NONE.text(settings.language))
    if settings.is_sandbox:
        beside = sys.stdout if form is Form.text else sys.stderr
        print(SANDBOX_WORDS.text(settings.language), file=beside)


def _record(campaign: "Campaign", settings: "Settings") -> dict[str, Any]:
    zone = settings.zone
    return {
        "ID": campaign.id,
        "name": readable(campaign.name or "", settings.privacy),
        "within_dates": phase(campaign, times.now(zone), zone) is Phase.within,
        "from": times.shown(campaign.dt_from, zone) if campaign.dt_from else None,
        "until": times.shown(campaign.dt_to, zone) if campaign.dt_to else None,
    }


def _row(record: dict[str, Any], yes: str, no: str) -> list[object]:
    return [{True: yes, False: no}[value] if isinstance(value, bool) else value for value in record.values()]
