"""R2: what one writes in an afternoon with the SDK alone. Each function is a tool that returns the dialler's own JSON.

python r2.py              over stdio
python r2.py http 8000    over Streamable HTTP, stateless, with JSON answers
"""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from os import environ
from typing import Any

import httpx2
from mcp.server import MCPServer

http = httpx2.AsyncClient(
    base_url=environ["DIALLER_BASE_URL"], headers={"Authorization": f"Bearer {environ['DIALLER_TOKEN']}"}, timeout=40
)


@asynccontextmanager
async def lifespan(_: MCPServer) -> AsyncGenerator[None]:
    yield
    await http.aclose()


server = MCPServer("jtel dialler", log_level="WARNING", lifespan=lifespan)


async def ask(method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
    given = {name: value for name, value in query.items() if value is not None}
    response = await http.request(method, path, params=given, json=body)
    response.raise_for_status()
    return response.json() if response.content else {}


@server.tool()
async def list_contacts(campaign_id: int | None = None) -> dict[str, Any]:
    """Retrieve Dialler Contacts."""
    return await ask("GET", "/dialler/contacts", diallerCampaignsID=campaign_id)


@server.tool()
async def get_contact(contact_id: int) -> dict[str, Any]:
    """Retrieve a specific Dialler Contact by ID."""
    return await ask("GET", f"/dialler/contacts/{contact_id}")


@server.tool()
async def find_contacts_by_user_data(user_data: str) -> dict[str, Any]:
    """Retrieve Dialler Contacts by User Data."""
    return await ask("GET", "/dialler/contacts/contact", userData=user_data)


@server.tool()
async def get_contacts(
    contact_ids: list[int] | None = None, user_data_list: list[str] | None = None, languages_id: int = 1
) -> dict[str, Any]:
    """Retrieve Dialler Contacts (Batch)."""
    keys = {"IDList": contact_ids or [], "UserDataList": user_data_list or []}
    return await ask("POST", "/dialler/contacts", keys, languagesID=languages_id)


@server.tool()
async def import_contact(contact: dict[str, Any], overwrite_duplicates: bool = False) -> dict[str, Any]:
    """Import a Dialler Contact."""
    return await ask("POST", "/dialler/contacts/import", contact, overwriteDuplicates=str(overwrite_duplicates).lower())


@server.tool()
async def update_contact(contact: dict[str, Any]) -> dict[str, Any]:
    """Update a Dialler Contact. It holds ID or UserData, and the fields to change."""
    return await ask("POST", "/dialler/contacts/update", contact)


@server.tool()
async def delete_contact(contact_id: int) -> dict[str, Any]:
    """Delete a Dialler Contact by ID."""
    return await ask("DELETE", f"/dialler/contacts/contact/{contact_id}")


@server.tool()
async def delete_contact_by_user_data(user_data: str) -> dict[str, Any]:
    """Delete a Dialler Contact by UserData."""
    return await ask("DELETE", "/dialler/contacts/contact", userData=user_data)


@server.tool()
async def lock_contact(contact_id: int) -> dict[str, Any]:
    """Lock a Dialler Contact by ID."""
    return await ask("PATCH", f"/dialler/contacts/contact/{contact_id}/lock")


@server.tool()
async def lock_contact_by_user_data(user_data: str) -> dict[str, Any]:
    """Lock a Dialler Contact by UserData."""
    return await ask("PATCH", "/dialler/contacts/contact/lock", userData=user_data)


@server.tool()
async def unlock_contact(contact_id: int) -> dict[str, Any]:
    """Unlock a Dialler Contact by ID."""
    return await ask("PATCH", f"/dialler/contacts/contact/{contact_id}/unlock")


@server.tool()
async def unlock_contact_by_user_data(user_data: str) -> dict[str, Any]:
    """Unlock a Dialler Contact by UserData."""
    return await ask("PATCH", "/dialler/contacts/contact/unlock", userData=user_data)


@server.tool()
async def reset_contact(contact_id: int) -> dict[str, Any]:
    """Reset a Dialler Contact by ID."""
    return await ask("PATCH", f"/dialler/contacts/contact/{contact_id}/reset")


@server.tool()
async def reset_contact_by_user_data(user_data: str) -> dict[str, Any]:
    """Reset a Dialler Contact by UserData."""
    return await ask("PATCH", "/dialler/contacts/contact/reset", userData=user_data)


@server.tool()
async def get_contact_history(contact_id: int) -> dict[str, Any]:
    """Retrieve Dialler Contact History by ID."""
    return await ask("GET", f"/dialler/contacts/contact/{contact_id}/history")


@server.tool()
async def get_contact_history_by_user_data(user_data: str) -> dict[str, Any]:
    """Retrieve Dialler Contact History by UserData."""
    return await ask("GET", "/dialler/contacts/contact/history", userData=user_data)


@server.tool()
async def list_campaigns() -> dict[str, Any]:
    """Retrieve all Dialler Campaigns."""
    return await ask("GET", "/dialler/campaigns")


@server.tool()
async def get_campaign(campaign_id: int) -> dict[str, Any]:
    """Retrieve a specific Dialler Campaign by ID."""
    return await ask("GET", f"/dialler/campaigns/{campaign_id}")


@server.tool()
async def find_campaigns_by_name(name: str) -> dict[str, Any]:
    """Retrieve Dialler Campaigns by Name (partial match)."""
    return await ask("GET", "/dialler/campaigns/campaign", name=name)


@server.tool()
async def get_result_codes(campaign_id: int, languages_id: int = 1) -> dict[str, Any]:
    """Retrieve the Result Codes from a Dialler Campaign."""
    return await ask("GET", f"/dialler/campaigns/campaign/{campaign_id}/resultCodes", languagesID=languages_id)


@server.tool()
async def clone_campaign(
    source: str,
    destination: str,
    user_data: str | None = None,
    dt_from: str | None = None,
    dt_to: str | None = None,
) -> dict[str, Any]:
    """Clone a Dialler Campaign."""
    given = {"source": source, "destination": destination, "userData": user_data, "dtFrom": dt_from, "dtTo": dt_to}
    body = {name: value for name, value in given.items() if value is not None}
    return await ask("POST", "/dialler/campaigns/clone", body)


@server.tool()
async def delete_campaign(campaign_id: int) -> dict[str, Any]:
    """Delete a Dialler Campaign by ID."""
    return await ask("DELETE", f"/dialler/campaigns/campaign/{campaign_id}")


@server.tool()
async def delete_campaign_by_name(name: str) -> dict[str, Any]:
    """Delete a Dialler Campaign by Name."""
    return await ask("DELETE", "/dialler/campaigns/campaign", name=name)


@server.tool()
async def list_acd_events() -> dict[str, Any]:
    """Retrieve all AcdEvents."""
    return await ask("GET", "/acd/events")


@server.tool()
async def get_acd_event(event_id: int) -> dict[str, Any]:
    """Retrieve an AcdEvent by ID."""
    return await ask("GET", f"/acd/events/event/{event_id}")


@server.tool()
async def create_acd_event(event: dict[str, Any]) -> dict[str, Any]:
    """Create an AcdEvent."""
    return await ask("POST", "/acd/events/create", event)


@server.tool()
async def list_acd_event_types() -> dict[str, Any]:
    """Retrieve the AcdEventTypes."""
    return await ask("GET", "/acd/events/types")


@server.tool()
async def list_acd_event_statuses() -> dict[str, Any]:
    """Retrieve the AcdEventStatus."""
    return await ask("GET", "/acd/events/status")


@server.tool()
async def list_acd_groups() -> dict[str, Any]:
    """Retrieve all ACD Groups."""
    return await ask("GET", "/acd/groups")


@server.tool()
async def get_acd_group(group_id: int) -> dict[str, Any]:
    """Retrieve an ACD Group by ID."""
    return await ask("GET", f"/acd/groups/group/{group_id}")


@server.tool()
async def find_acd_groups_by_name(name: str) -> dict[str, Any]:
    """Retrieve ACD Groups by Name."""
    return await ask("GET", "/acd/groups/group", name=name)


def main() -> None:
    if sys.argv[1:2] == ["http"]:
        server.run("streamable-http", port=int(sys.argv[2]), stateless_http=True, json_response=True)
    else:
        server.run()


if __name__ == "__main__":
    main()
