"""What `dialler_list_contacts` picks from a list that may be very long: which contacts, and the first of them."""

import heapq
from datetime import datetime
from typing import Literal

from dialler_mcp.domain.contact_state import State, attempts, result_code_id
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.times import local
from dialler_mcp.tools.app import ToolCall

StateFilter = Literal["new", "open", "delay", "appointment", "done", "aborted", "locked"]


class Filter:
    """The filters of `dialler_list_contacts`."""

    def __init__(
        self,
        call: ToolCall,
        state: StateFilter | None,
        min_attempts: int | None,
        max_attempts: int | None,
        since: str | None,
        until: str | None,
        text: str | None,
    ) -> None:
        self._state, self._least, self._most = state, min_attempts, max_attempts
        self.results: set[int] | None = None
        self._text = text.casefold().strip() if text else None
        self._zone = call.app.settings.zone
        self._since, self._until = call.when(since, "since"), call.when(until, "until", end_of_day=True)

    def __call__(self, contact: Contact, state: State) -> bool:
        if self._state == "locked":
            if not contact.b_locked:
                return False
        elif self._state and state != self._state:
            return False
        if self.results is not None and result_code_id(contact) not in self.results:
            return False
        if self._least is not None and attempts(contact) < self._least:
            return False
        if self._most is not None and attempts(contact) > self._most:
            return False
        if (self._since or self._until) and not self._due(contact.dt_next_try):
            return False
        return self._text is None or self._text in _searched(contact)

    def _due(self, due: datetime | None) -> bool:
        if due is None:
            return False
        at = local(due, self._zone).replace(tzinfo=None, microsecond=0)
        return (self._since is None or at >= self._since) and (self._until is None or at <= self._until)


def _searched(contact: Contact) -> str:
    parts = (
        contact.first_name,
        contact.name,
        contact.company,
        contact.city,
        contact.user_data,
        contact.reference_number,
        contact.phone_number1,
        contact.phone_number2,
        contact.phone_number3,
        contact.phone_number4,
        contact.phone_number5,
        contact.phone_number6,
    )
    return " ".join(part for part in parts if part).casefold()


class Smallest:
    """The contacts with the smallest IDs; bounded, however many pass by."""

    def __init__(self, most: int) -> None:
        self._most, self._passed = most, 0
        self._heap: list[tuple[int, int, Contact]] = []  # the largest ID on top; the count keeps contacts uncompared

    def offer(self, contact: Contact) -> None:
        self._passed += 1
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, (-contact.id, self._passed, contact))
        elif contact.id < -self._heap[0][0]:
            heapq.heapreplace(self._heap, (-contact.id, self._passed, contact))

    def contacts(self) -> list[Contact]:
        return [contact for _, _, contact in sorted(self._heap, key=lambda item: -item[0])]
