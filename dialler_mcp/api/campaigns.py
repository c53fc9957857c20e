"""The campaign functions of the Dialler REST API."""

from datetime import datetime

from dialler_mcp.api.requests import Functions, Request
from dialler_mcp.api.strangers import holds_name, without_strangers
from dialler_mcp.domain.codes import LANGUAGE_IDS
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, ResultCode


class CampaignFunctions(Functions):
    """The campaign functions. Each may raise any `DiallerError`; those that a caller would handle are named."""

    async def list_campaigns(self) -> list[Campaign]:
        """All campaigns of the client account, by name.

        Source: "Retrieve all Dialler Campaigns".
        """
        return await self.matches(Request("Retrieve all Dialler Campaigns", "GET", "/dialler/campaigns"), Campaign)

    async def get_campaign(self, campaign_id: int) -> Campaign:
        """One campaign.

        Source: "Retrieve a specific Dialler Campaign by ID".

        Raises:
            NotFound: no campaign has this ID.
        """
        function = "Retrieve a specific Dialler Campaign by ID"
        return await self.one(Request(function, "GET", f"/dialler/campaigns/{campaign_id:d}"), Campaign, campaign_id)

    async def find_campaigns_by_name(self, name: str) -> list[Campaign]:
        """The campaigns whose name contains `name`.

        Source: "Retrieve Dialler Campaigns by Name" (partial match).
        """
        function = "Retrieve Dialler Campaigns by Name"
        request = Request(function, "GET", "/dialler/campaigns/campaign", {"name": name})
        campaigns = await self.matches(request, Campaign)
        return without_strangers(function, campaigns, lambda campaign: holds_name(campaign.name, name))

    async def get_result_codes(self, campaign_id: int, language: Language = Language.en) -> list[ResultCode]:
        """The result codes of a campaign, named in the given language.

        Source: "Retrieve the Result Codes from a Dialler Campaign".
        """
        function = "Retrieve the Result Codes from a Dialler Campaign"
        path = f"/dialler/campaigns/campaign/{campaign_id:d}/resultCodes"
        codes = await self.matches(Request(function, "GET", path, {"languagesID": LANGUAGE_IDS[language]}), ResultCode)
        return without_strangers(function, codes, lambda code: code.dialler_campaigns_id in (None, 0, campaign_id))

    async def clone_campaign(
        self,
        source: str,
        destination: str,
        user_data: str | None = None,
        dt_from: datetime | None = None,
        dt_to: datetime | None = None,
    ) -> Campaign:
        """Copy a campaign with everything but its contacts. Releases before 3.39 ignore `dt_from` and `dt_to`.

        Source: "Clone a Dialler Campaign".

        Raises:
            NotFound: there is no campaign `source`.
            Conflict: a campaign `destination` exists already.
        """
        values = {"source": source, "destination": destination, "userData": user_data, "dtFrom": dt_from, "dtTo": dt_to}
        content = {name: value for name, value in values.items() if value is not None}
        request = Request("Clone a Dialler Campaign", "POST", "/dialler/campaigns/clone", values=content)
        return await self.one(request, Campaign)

    async def delete_campaign(self, campaign_id: int) -> None:
        """Delete a campaign with its contacts and their history. This cannot be undone.

        Source: "Delete a Dialler Campaign by ID".

        Raises:
            NotFound: no campaign has this ID.
        """
        path = f"/dialler/campaigns/campaign/{campaign_id:d}"
        await self.done(Request("Delete a Dialler Campaign by ID", "DELETE", path))

    async def delete_campaign_by_name(self, name: str) -> None:
        """Delete the campaign with this name, its contacts and their history. This cannot be undone.

        Source: "Delete a Dialler Campaign by Name".

        Raises:
            NotFound: no campaign has this name.
        """
        function = "Delete a Dialler Campaign by Name"
        await self.done(Request(function, "DELETE", "/dialler/campaigns/campaign", {"name": name}))
