"""The campaign functions of the sandbox, under the same names as in the client and the tools."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dialler_mcp.domain.records import Campaign, ResultCode
from dialler_mcp.sandbox.bodies import Body, json_object, local_time, text_in
from dialler_mcp.sandbox.functions import (
    LANGUAGE,
    PART_OF_NAME,
    TEXT,
    FunctionRoute,
    Functions,
    Query,
)
from dialler_mcp.sandbox.wire import Dialler, Refusal, bad_request, language_asked, not_found, text_asked

THING = "Dialler campaign"
CAMPAIGN = "/dialler/campaigns/campaign"
ONE = CAMPAIGN + "/{DiallerCampaignsID:id}"

functions = Functions()


class CampaignRoutes:
    """The functions on campaigns, each a method of its name."""

    def __init__(self, dialler: Dialler) -> None:
        self.dialler = dialler
        self.store = dialler.store

    def routes(self) -> list[FunctionRoute]:
        return functions.routes(self)

    @functions("GET", "/dialler/campaigns", "Retrieve all Dialler Campaigns", answers=Campaign, order="Name")
    async def list_campaigns(self, request: Request) -> Response:
        return self.dialler.list_answer(self.store.campaigns(), "Name")

    @functions(
        "GET",
        "/dialler/campaigns/{DiallerCampaignsID:id}",
        "Retrieve a specific Dialler Campaign by ID",
        answers=Campaign,
        refuses=(404,),
        also=ONE,
    )
    async def get_campaign(self, request: Request) -> Response:
        return self.dialler.matches_answer(self._asked(request), THING)

    @functions(
        "GET",
        CAMPAIGN,
        "Retrieve Dialler Campaigns by Name",
        answers=Campaign,
        refuses=(400, 404),
        query=(PART_OF_NAME,),
    )
    async def find_campaigns_by_name(self, request: Request) -> Response:
        return self.dialler.matches_answer(self.store.campaigns_like(text_asked(request, "name")), THING)

    @functions(
        "GET",
        ONE + "/resultCodes",
        "Retrieve the Result Codes from a Dialler Campaign",
        answers=ResultCode,
        refuses=(400, 404),
        query=(LANGUAGE,),
    )
    async def get_result_codes(self, request: Request) -> Response:
        language = language_asked(request)
        if not self._asked(request):
            return self.dialler.matches_answer([], THING)
        codes = self.store.result_codes(request.path_params["DiallerCampaignsID"])
        return self.dialler.records_answer(code.to_record(language) for code in codes)

    @functions(
        "POST",
        "/dialler/campaigns/clone",
        "Clone a Dialler Campaign",
        answers=Campaign,
        refuses=(400, 404, 409),
        body="CampaignClone",
        note="Copies everything but the contacts.",
    )
    async def clone_campaign(self, request: Request) -> Response:
        body = await json_object(request)
        source, destination = text_in(body, "source"), text_in(body, "destination")
        if source is None or destination is None:
            raise bad_request("source and destination are required")
        if len(destination) > NAME_LENGTH:
            raise bad_request(f"destination is longer than {NAME_LENGTH} characters")
        with self.store.change():
            original = self.store.campaign_named(source)
            if original is None:
                raise not_found(THING)
            if self.store.campaign_named(destination) is not None:
                raise Refusal(409, "Dialler campaign already exists")
            clone = self._clone(original, destination, body)
        return self.dialler.records_answer([clone])

    def _clone(self, original: Campaign, name: str, body: Body) -> Campaign:
        """Copy everything but the contacts; references to a result code are changed to its copy."""
        clone = msgspec.structs.replace(
            original,
            name=name,
            user_data=text_in(body, "userData"),
            dt_from=local_time("dtFrom", body.get("dtFrom")) or original.dt_from,
            dt_to=local_time("dtTo", body.get("dtTo")) or original.dt_to,
        )
        self.store.add_campaign(clone)
        copies = {
            code.id: self.store.add_result_code(code, clone.id).id for code in self.store.result_codes(original.id)
        }
        clone.abort_on_no_tel_number_result_codes_id = copies.get(original.abort_on_no_tel_number_result_codes_id or 0)
        clone.incoming_call_result_codes_id = copies.get(original.incoming_call_result_codes_id or 0)
        self.store.save_campaign(clone)
        return clone

    @functions(
        "DELETE",
        ONE,
        "Delete a Dialler Campaign by ID",
        refuses=(404,),
        note="Its contacts and their history go with it.",
    )
    async def delete_campaign(self, request: Request) -> Response:
        with self.store.change():
            return self._delete(self._asked(request))

    @functions(
        "DELETE",
        CAMPAIGN,
        "Delete a Dialler Campaign by Name",
        refuses=(400, 404),
        query=(Query("name", TEXT, "The whole name (de: der ganze Name)"),),
        note="Its contacts and their history go with it.",
    )
    async def delete_campaign_by_name(self, request: Request) -> Response:
        name = text_asked(request, "name")
        with self.store.change():
            campaign = self.store.campaign_named(name)
            return self._delete([campaign] if campaign else [])

    def _asked(self, request: Request) -> list[Campaign]:
        campaign = self.store.campaign(request.path_params["DiallerCampaignsID"])
        return [campaign] if campaign else []

    def _delete(self, campaigns: list[Campaign]) -> Response:
        self.store.delete_campaign(self.dialler.any_of(campaigns, THING).id)
        return self.dialler.status_answer()


NAME_LENGTH = next(info.about.length for info in Campaign.fields() if info.wire == "Name") or 0
