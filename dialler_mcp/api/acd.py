"""The AcdEvent and ACD group functions that matter to a dialler."""

from collections.abc import Mapping
from typing import Any

from dialler_mcp.api.requests import Functions, Request
from dialler_mcp.api.strangers import holds_name, without_strangers
from dialler_mcp.domain.records import AcdEvent, AcdGroup, AcdLookup


class AcdFunctions(Functions):
    """The ACD functions. Each may raise any `DiallerError`; those that a caller would handle are named."""

    async def list_acd_events(self) -> list[AcdEvent]:
        """All AcdEvents, oldest first.

        Source: "Retrieve all AcdEvents".
        """
        return await self.matches(Request("Retrieve all AcdEvents", "GET", "/acd/events"), AcdEvent)

    async def get_acd_event(self, event_id: int) -> AcdEvent:
        """One AcdEvent.

        Source: "Retrieve an AcdEvent by ID".

        Raises:
            NotFound: no event has this ID.
        """
        return await self.one(
            Request("Retrieve an AcdEvent by ID", "GET", f"/acd/events/event/{event_id:d}"), AcdEvent, event_id
        )

    async def create_acd_event(self, values: Mapping[str, Any]) -> AcdEvent:
        """Create an AcdEvent, e.g. a callback request.

        For a group that forbids duplicates the answer is the existing event, with `Result_` = "UPDATED".

        `values` by wire name: AcdEventTypesID, Sender, Subject, and AcdGroupsID or both AcdConfigurationGroupsID and
        AcdAgentGroupsID.
        Source: "Create an AcdEvent".

        Raises:
            BadRequest: a mandatory value is missing.
        """
        return await self.one(Request("Create an AcdEvent", "POST", "/acd/events/create", values=values), AcdEvent)

    async def list_acd_event_types(self) -> list[AcdLookup]:
        """The types of AcdEvents.

        Source: "Retrieve all AcdEventTypes".
        """
        return await self.matches(Request("Retrieve all AcdEventTypes", "GET", "/acd/events/types"), AcdLookup)

    async def list_acd_event_statuses(self) -> list[AcdLookup]:
        """The statuses of AcdEvents. The documentation does not show the path; it is inferred.

        Source: "Retrieve all AcdEventStatus".
        """
        return await self.matches(Request("Retrieve all AcdEventStatus", "GET", "/acd/events/status"), AcdLookup)

    async def list_acd_groups(self) -> list[AcdGroup]:
        """All ACD groups, by name.

        Source: "Retrieve all ACD Groups".
        """
        return await self.matches(Request("Retrieve all ACD Groups", "GET", "/acd/groups"), AcdGroup)

    async def get_acd_group(self, group_id: int) -> AcdGroup:
        """One ACD group.

        Source: "Retrieve a specific ACD Group by ID".

        Raises:
            NotFound: no group has this ID.
        """
        function = "Retrieve a specific ACD Group by ID"
        return await self.one(Request(function, "GET", f"/acd/groups/group/{group_id:d}"), AcdGroup, group_id)

    async def find_acd_groups_by_name(self, name: str) -> list[AcdGroup]:
        """The ACD groups whose name contains `name`.

        Source: "Retrieve ACD Group by Name" (partial match).
        """
        function = "Retrieve ACD Group by Name"
        groups = await self.matches(Request(function, "GET", "/acd/groups/group", {"name": name}), AcdGroup)
        return without_strangers(function, groups, lambda group: holds_name(group.name, name))
