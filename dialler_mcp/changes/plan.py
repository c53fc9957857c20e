"""A change as a plan: exact records, the state that it was decided on, the requests. It is data, so that it can be
kept, hashed, frozen and resumed.

    Plan
    ├── tool, arguments         what was invoked, for the journal
    ├── action, sealed, state   what a confirmation names, and everything that it is bound to
    ├── consequences            what it means, in sentences; `asks`: it needs a yes, `reopens`: and a reason
    └── steps                   one a request: verb, record, what it was decided on, the function with its values
"""

import hashlib
from typing import Any, Literal

import msgspec

from dialler_mcp.domain.records import Campaign, Contact

Verb = Literal["lock", "unlock", "reset", "delete", "update", "import", "clone", "create"]
Kind = Literal["contact", "campaign", "event"]


class Request(msgspec.Struct, frozen=True):
    """A documented function of the dialler by its one name, and its arguments: `reset_contact`, `{"contact_id": 7}`."""

    function: str
    arguments: dict[str, Any] = {}

    def about(self, contact_id: int) -> "Request":
        """The same for the contact with this ID."""
        if self.function == "update_contact":
            return Request(self.function, {"values": {**self.arguments["values"], "ID": contact_id}})
        return Request(self.function, {**self.arguments, "contact_id": contact_id})


class SharedKey(msgspec.Struct, frozen=True):
    """The contacts that had this UserData when the step was decided on; empty when nobody had it."""

    user_data: str
    contacts: tuple[Contact, ...] = ()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One request about one record.

    `contact` or `campaign` is the record as it was decided on; None where a new one is made. `bound_fields` are those
    of the contact that must not have changed when the request leaves (None: all of them), `calls` how many entries its
    history had when a person was asked, `counts` what was counted of a campaign, `origin_id` the campaign that is
    cloned. A step that `follows` another one works on the record which that step made; its failure does not undo what
    is done. `undoes` is the change that one step of many takes back.
    """

    verb: Verb
    kind: Kind
    label: str
    request: Request
    contact: Contact | None = None
    campaign: Campaign | None = None
    bound_fields: tuple[str, ...] | None = None
    calls: int | None = None
    counts: list[Any] | None = None
    key: SharedKey | None = None
    origin_id: int | None = None
    follows: int | None = None
    undoes: int | None = None

    @property
    def record(self) -> Contact | Campaign | None:
        """The record as it was decided on."""
        return self.contact or self.campaign

    @property
    def destroys(self) -> bool:
        """Whether it destroys what the dialler cannot give back: a deletion, an import that overwrites."""
        return self.verb == "delete" or (self.verb == "import" and self.record is not None)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What one invocation is about to do, before anything is sent.

    `asks`: it loses something that matters, so somebody must confirm it. `reopens`: a contact whose result is (or may
    be) final becomes diallable again, which takes a reason. `undoes` is the change in the journal that it takes back.
    """

    tool: str
    steps: tuple[Step, ...]
    arguments: dict[str, Any] = {}
    action: str = ""
    sealed: dict[str, Any] = {}
    state: Any = None
    consequences: tuple[str, ...] = ()
    asks: bool = False
    reopens: bool = False
    undoes: int | None = None

    def digest(self) -> bytes:
        """A digest of everything that a confirmation is bound to."""
        return digest([self.tool, self.action, sorted(self.sealed.items()), self.state, self.reopens])

    def hash(self) -> str:
        """A digest of the whole plan, which shows that a stored plan is the one that was confirmed."""
        return digest(self).hex()


def digest(state: object) -> bytes:
    """The SHA-256 of a value as JSON."""
    return hashlib.sha256(msgspec.json.encode(state, order="deterministic")).digest()
