"""A typical invocation of each tool: what its answer, its masks and its golden files are looked at with."""

from typing import Any

from dialler_mcp.protocol.tools import DiallerTool
from dialler_mcp.server import all_tools

_BY_NAME: dict[str, Any] = {
    "campaign_id": 538,
    "contact_id": 215220,
    "event_id": 5001,
    "group_id": 202,
    "change_id": 1,
    "job_id": 1,
    "action": "cancel",
    "user_data": "Contact10",
    "name": "Campaign 1000",
}
"""What a parameter of this name is given, where a tool has no arguments of its own below."""

_OWN: dict[str, dict[str, Any]] = {
    "get_campaign": {"campaign_id": 547},
    "get_result_codes": {"campaign_id": 551, "language": "de"},
    "clone_campaign": {"source": "Campaign 1000", "destination": "Campaign 2000", "dtFrom": "2026-12-01"},
    "delete_campaign_by_name": {"name": "Service NPS"},
    "list_contacts": {"campaign_id": 538, "limit": 5},
    "get_contact": {"contact_id": 215241},
    "find_contacts_by_user_data": {"user_data": "Kunde-4711"},
    "find_contact": {"text": "Frau Mueller"},
    "contact_overview": {"contact_id": 215220, "language": "de"},
    "list_callbacks": {"campaign_id": 538, "when": "overdue"},
    "campaign_report": {
        "names": ["Campaign 1000"],
        "since": "2026-11-09",
        "until": "2026-11-15",
        "by": "weekday",
        "language": "de",
    },
    "query": {
        "sql": "SELECT state, count(*) AS n FROM contacts GROUP BY ALL ORDER BY n DESC",
        "names": ["Campaign 1000"],
    },
    "describe_data": {"view": "result_codes"},
    "check_data": {"campaign_ids": [551]},
    "get_contacts": {"contact_ids": [215220], "user_data_list": ["Kunde-0815", "Kunde-0000"]},
    "get_contact_history_by_user_data": {"user_data": "Kunde-4711"},
    "change_contacts": {"verb": "lock", "campaign_id": 538, "state": "open"},
    "delete_contacts": {"contact_ids": [215220]},
    "undo_change": {"change_id": 1},
    "check_list": {"rows": "Kd-Nr;Name;Telefon\nN1;Neumann;030 23125901\nN2;Ohne;\n", "campaign_id": 538},
    "export": {"what": "calls", "names": ["Campaign 1000"], "result": "Done", "language": "de"},
    "import_list": {"list_id": "list0001"},
    "unlock_contact": {"contact_id": 215231},
    "unlock_contact_by_user_data": {"user_data": "Contact21"},
    "reset_contact": {"contact_id": 215232},
    "delete_contact_by_user_data": {"user_data": "Contact22"},
    "import_contact": {
        "overwrite_duplicates": False,
        "Name": "Neumann",
        "FirstName": "Paula",
        "PhoneNumber1": "+49 30 231250-99",
        "DiallerCampaignsName": "Campaign 1000",
        "UserData": "Neu-1",
    },
    "update_contact": {"contact_id": 215241, "Comment": "Bittet um Rückruf", "AccountIBAN": "", "City": "Bonn"},
    "list_acd_events": {"limit": 4},
    "create_acd_event": {"AcdEventTypesID": 3, "Sender": "+49 30 231250", "Subject": "Rückruf", "AcdGroupsID": 202},
    "list_acd_event_statuses": {"language": "de"},
    "find_acd_groups_by_name": {"name": "rück"},
}


def _typical(tool: DiallerTool) -> dict[str, Any]:
    name = tool.name.removeprefix("dialler_")
    if name in _OWN:
        return _OWN[name]
    return {parameter: _BY_NAME[parameter] for parameter in tool.parameters.get("required", ())}


TYPICAL = {tool.name.removeprefix("dialler_"): _typical(tool) for tool in all_tools()}
