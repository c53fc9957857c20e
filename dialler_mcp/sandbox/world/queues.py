"""The ACD side of the sandbox: groups of agents and the events that wait for them."""

from datetime import datetime, timedelta
from random import Random

from dialler_mcp.domain.codes import ACD_EVENT_STATUSES, ACD_EVENT_TYPES
from dialler_mcp.domain.records import AcdEvent, AcdGroup, AcdLookup
from dialler_mcp.sandbox.world.phones import LANDLINES, service_number

EVENTS = 25
DONE = 99
NEW = 20
DEFAULT_PRIORITY = 50

NO_DUPLICATES = "bPreventDuplicateEvents"
"""The undeclared field of a group that answers a second event from a sender with the first one."""

_GROUPS = (
    (201, "Outbound 1000", False),
    (202, "Rückruf Service", True),
    (203, "Hotline Strom & Gas", False),
    (207, "Kündigerschutz", False),
    (211, "Technical Support", False),
    (215, "Beschwerden/Eskalation", False),
)
_SUBJECTS = (
    (1, "Neue Sprachnachricht", "Guten Tag, bitte rufen Sie mich wegen der Abrechnung zurück."),
    (3, "Rückruf erbeten", "Frage zum Tarifwechsel, am besten nach 16 Uhr."),
    (3, "Callback requested", "Question about the maintenance appointment."),
    (5, "Re: Ihr Angebot vom Montag", "Vielen Dank, ich habe noch eine Rückfrage zur Laufzeit."),
    (5, "Widerruf", "Hiermit widerrufe ich den am Telefon geschlossenen Vertrag."),
)
_TYPE_NAMES = {1: "VoiceMail", 2: "Fax", 3: "Callback", 4: "SMS", 5: "Email"}
_STATUS_NAMES = {
    0: "EnterSystem",
    1: "Distribute",
    2: "TransportSMTP",
    4: "TransportToGroup",
    10: "TransportAgent",
    20: "New",
    30: "Seen",
    40: "Remind",
    98: "ChatClosed",
    99: "Done",
    100: "Error",
}
_ON_THE_TELEPHONE = (1, 3)


def groups() -> list[AcdGroup]:
    """The groups, each with some of the many fields that nobody declared."""
    return [
        AcdGroup(
            id=group_id,
            name=name,
            distribution_algorithm_id=1 + group_id % 3,
            service_level_seconds=20 + 10 * (group_id % 4),
            other={
                "QueueMusicID4Sec": None,
                "QueueOffhookAnnouncementID": 1200 + group_id,
                "TarifAnnouncementWavesID": None,
                "SupervisorAggregationSkill5ID": None,
                "bPositionAnnouncement3": False,
                "bCallRedirectionAfterNumberAnnouncement": group_id % 2 == 0,
                NO_DUPLICATES: unique,
            },
        )
        for group_id, name, unique in _GROUPS
    ]


def events(rng: Random, now: datetime) -> list[AcdEvent]:
    """Events of the last days, oldest first."""
    ages = sorted((rng.randrange(5, 6 * 24 * 60) for _ in range(EVENTS)), reverse=True)
    return [_event(rng, 5000 + number, now - timedelta(minutes=age)) for number, age in enumerate(ages, 1)]


def _event(rng: Random, event_id: int, at: datetime) -> AcdEvent:
    kind, subject, body = rng.choice(_SUBJECTS)
    is_call = kind in _ON_THE_TELEPHONE
    at = at.replace(microsecond=rng.randrange(1000) * 1000)
    return AcdEvent(
        id=event_id,
        acd_event_types_id=kind,
        acd_event_status_id=rng.choice((NEW, NEW, 30, 40, 10, DONE)),
        acd_groups_id=rng.choice(_GROUPS)[0],
        sender=f"{rng.choice(list(LANDLINES.values()))}{rng.randrange(900):03d}" if is_call else "kunde@example.org",
        receiver=service_number(rng.randrange(10)) if is_call else "service@example.com",
        subject=subject,
        body=body,
        user_data=f"Contact{rng.randrange(1, 400)}" if rng.random() < 0.5 else None,
        n_priority=rng.choice((DEFAULT_PRIORITY, DEFAULT_PRIORITY, 70, 30)),
        dt_created=at,
        dt_last_modified=at + timedelta(seconds=rng.randrange(240)),
    )


def event_types() -> list[AcdLookup]:
    return [AcdLookup(id=code, short_text=f"AcdEventTypes.{_TYPE_NAMES[code]}") for code in ACD_EVENT_TYPES]


def event_statuses() -> list[AcdLookup]:
    return [AcdLookup(id=code, short_text=f"AcdEventStatus.{_STATUS_NAMES[code]}") for code in ACD_EVENT_STATUSES]
