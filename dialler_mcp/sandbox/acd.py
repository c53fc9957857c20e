"""The ACD functions of the sandbox, under the same names as in the client and the tools."""

from starlette.requests import Request
from starlette.responses import Response

from dialler_mcp.domain.fields import Write
from dialler_mcp.domain.records import EVENT_UPDATED, AcdEvent, AcdGroup, AcdLookup
from dialler_mcp.sandbox.bodies import json_object, write_fields
from dialler_mcp.sandbox.functions import (
    PART_OF_NAME,
    FunctionRoute,
    Functions,
)
from dialler_mcp.sandbox.wire import Dialler, bad_request, not_found, text_asked
from dialler_mcp.sandbox.world import queues

GROUP, EVENT = "AcdGroup", "AcdEvent"

functions = Functions()


class AcdRoutes:
    """The functions on ACD groups and events, each a method of its name."""

    def __init__(self, dialler: Dialler) -> None:
        self.dialler = dialler
        self.store = dialler.store

    def routes(self) -> list[FunctionRoute]:
        return functions.routes(self)

    @functions("GET", "/acd/events", "Retrieve all AcdEvents", answers=AcdEvent, order="dtCreated")
    async def list_acd_events(self, request: Request) -> Response:
        return self.dialler.list_answer(self.store.events(), "dtCreated")

    @functions(
        "GET", "/acd/events/event/{AcdEventsID:id}", "Retrieve an AcdEvent by ID", answers=AcdEvent, refuses=(404,)
    )
    async def get_acd_event(self, request: Request) -> Response:
        event = self.store.event(request.path_params["AcdEventsID"])
        return self.dialler.matches_answer([event] if event else [], EVENT)

    @functions("GET", "/acd/events/types", "Retrieve all AcdEventTypes", answers=AcdLookup, order="ID")
    async def list_acd_event_types(self, request: Request) -> Response:
        return self.dialler.list_answer(queues.event_types(), "ID")

    @functions(
        "GET",
        "/acd/events/status",
        "Retrieve all AcdEventStatus",
        answers=AcdLookup,
        order="ID",
        note="The path is inferred: no document shows it.",
    )
    async def list_acd_event_statuses(self, request: Request) -> Response:
        return self.dialler.list_answer(queues.event_statuses(), "ID")

    @functions("GET", "/acd/groups", "Retrieve all ACD Groups", answers=AcdGroup, order="Name")
    async def list_acd_groups(self, request: Request) -> Response:
        return self.dialler.list_answer(self.store.groups(), "Name")

    @functions(
        "GET",
        "/acd/groups/group/{AcdGroupsID:id}",
        "Retrieve a specific ACD Group by ID",
        answers=AcdGroup,
        refuses=(404,),
    )
    async def get_acd_group(self, request: Request) -> Response:
        group = self.store.group(request.path_params["AcdGroupsID"])
        return self.dialler.matches_answer([group] if group else [], GROUP)

    @functions(
        "GET",
        "/acd/groups/group",
        "Retrieve ACD Group by Name",
        answers=AcdGroup,
        refuses=(400, 404),
        query=(PART_OF_NAME,),
    )
    async def find_acd_groups_by_name(self, request: Request) -> Response:
        return self.dialler.matches_answer(self.store.groups_like(text_asked(request, "name")), GROUP)

    @functions(
        "POST", "/acd/events/create", "Create an AcdEvent", answers=AcdEvent, refuses=(400, 404), body="AcdEventCreate"
    )
    async def create_acd_event(self, request: Request) -> Response:
        event = AcdEvent()
        write_fields(event, await json_object(request), Write.IMPORT)
        with self.store.change():
            group = self._target(event)
            earlier = self._open_duplicate(event) if group and group.other.get(queues.NO_DUPLICATES) else None
            answer = self._commented(earlier, event) if earlier else self._created(event)
        mark = {"Result_": EVENT_UPDATED} if earlier else {}
        return self.dialler.rows_answer([self.dialler.row(answer) | mark])

    def _target(self, event: AcdEvent) -> AcdGroup | None:
        """The group that the event is for; None when it is for a configuration and an agent group."""
        for name, value in (
            ("AcdEventTypesID", event.acd_event_types_id),
            ("Sender", event.sender),
            ("Subject", event.subject),
        ):
            if value is None:
                raise bad_request(f"{name} is required")
        if event.acd_groups_id is None:
            if event.acd_configuration_groups_id is None or event.acd_agent_groups_id is None:
                raise bad_request("AcdGroupsID, or both AcdConfigurationGroupsID and AcdAgentGroupsID, are required")
            return None
        group = self.store.group(event.acd_groups_id)
        if group is None:
            raise not_found(GROUP)
        return group

    def _open_duplicate(self, event: AcdEvent) -> AcdEvent | None:
        """An open event of the same type, group and sender."""
        key = (event.acd_groups_id, event.acd_event_types_id, event.sender)
        return next(
            (
                earlier
                for earlier in self.store.events()
                if (earlier.acd_groups_id, earlier.acd_event_types_id, earlier.sender) == key
                and earlier.acd_event_status_id != queues.DONE
            ),
            None,
        )

    def _commented(self, earlier: AcdEvent, event: AcdEvent) -> AcdEvent:
        earlier.body = "\n".join(text for text in (earlier.body, event.subject, event.body) if text)
        earlier.dt_last_modified = self.dialler.clock()
        self.store.save_event(earlier)
        return earlier

    def _created(self, event: AcdEvent) -> AcdEvent:
        event.acd_event_status_id = queues.NEW
        if event.n_priority is None:
            event.n_priority = queues.DEFAULT_PRIORITY
        event.dt_created = event.dt_last_modified = self.dialler.clock()
        return self.store.add_event(event)
