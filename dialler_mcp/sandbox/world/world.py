"""All records with which a new sandbox is filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from dialler_mcp.domain.records import AcdEvent, AcdGroup, Campaign, Contact, HistoryEntry
from dialler_mcp.sandbox.world import queues
from dialler_mcp.sandbox.world.dialling import Floor
from dialler_mcp.sandbox.world.people import Inventor
from dialler_mcp.sandbox.world.phones import Directory
from dialler_mcp.sandbox.world.plans import PLANS, RENEWAL, Plan
from dialler_mcp.sandbox.world.results import CampaignCode
from dialler_mcp.sandbox.world.scenes import SCENES

_FIRST_HISTORY_ID = 1001
_LOCKED_SHARE = 0.02


@dataclass(frozen=True)
class World:
    """The records of a sandbox, in the order of their IDs."""

    campaigns: Sequence[Campaign]
    codes: Sequence[CampaignCode]
    contacts: Sequence[Contact]
    history: Sequence[HistoryEntry]
    groups: Sequence[AcdGroup]
    events: Sequence[AcdEvent]


def invent(seed: int, now: datetime) -> World:
    """The same world for the same seed and moment (zone-less, local)."""
    rng = Random(seed)
    inventor = Inventor(rng, Directory(rng), now)
    people = {plan: inventor.contacts_of(plan) for plan in PLANS}
    history = _dialled(people, rng, now)
    contacts = [contact for group in people.values() for contact in group]
    return World(
        campaigns=[plan.campaign(now) for plan in PLANS],
        codes=[code for plan in PLANS for code in plan.result_codes()],
        contacts=contacts,
        history=history,
        groups=queues.groups(),
        events=queues.events(rng, now),
    )


def _dialled(people: Mapping[Plan, list[Contact]], rng: Random, now: datetime) -> list[HistoryEntry]:
    """Let the floor work through the campaigns, play the fixed scenes, and number the history by time."""
    floor = Floor(rng, now)
    players = {people[scene.plan][scene.place].id for scene in SCENES}
    for plan, contacts in people.items():
        if plan is not RENEWAL:
            floor.dial(plan, [contact for contact in contacts if contact.id not in players])
    for scene in SCENES:
        scene.dress(people[scene.plan][scene.place])
    floor.run()
    for contacts in people.values():
        for contact in contacts:
            if contact.id not in players:
                contact.b_locked = rng.random() < _LOCKED_SHARE or None
    for scene in SCENES:
        scene.play(floor, people[scene.plan][scene.place])
    history = sorted(floor.history, key=lambda row: row.dt_created_dialler_contacts_history or now)
    for row_id, row in enumerate(history, _FIRST_HISTORY_ID):
        row.dialler_contacts_history_id = row_id
    return history
