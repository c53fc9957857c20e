"""The sealed phrase: a change that destroys something is previewed first, then repeated with the preview's phrase.

The phrase reads as a sentence in a host's own permission dialog:
`delete Contact10 · Mustermann · Campaign 1000 #k3v9q2m7`.

Its code is a truncated HMAC over tool, arguments, a digest of the record's state, the caller and the minute. It is
recomputed from the live record when the phrase comes back, so only the key, the used codes and the number of wrong
codes are stored. These lie in the state store, so a phrase outlives a restart and works once, in whichever process. It
guards against accidents, not against a model bent on deleting.
"""

import hmac
import re
import time
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import msgspec

from dialler_mcp.changes.plan import digest
from dialler_mcp.problem import Problem
from dialler_mcp.state import codes as code_rows
from dialler_mcp.state.keys import sealing_key
from dialler_mcp.state.store import StateStore
from dialler_mcp.state.turns import take_turns
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.state.store import Connection

VALID_MINUTES = 10
MAX_FAILURES = 5  # wrong codes of a caller within _KEPT; 30 bits cannot be guessed in so few
_KEPT = (VALID_MINUTES + 1) * 60  # seconds that a used or a wrong code is remembered: longer than any phrase is valid
USED = Words(
    "This confirmation was used already; nothing was changed now. Repeat it without `confirm` for a new one.",
    "Diese Bestätigung ist schon verbraucht; es wurde jetzt nichts geändert. Wiederholen Sie es ohne `confirm`, dann "
    "kommt eine neue.",
)
_WHOLE = Words(
    "Nothing was changed: `confirm` must be the whole phrase of the preview, with the code at its end. Repeat it "
    "without `confirm` for a preview.",
    "Es wurde nichts geändert: `confirm` muss der ganze Satz der Vorschau sein, mit dem Code am Ende. Wiederholen Sie "
    "es ohne `confirm`, dann kommt eine Vorschau.",
)
_OTHER = Words(
    "Nothing was changed: the phrase names something else. Repeat it without `confirm` for a preview.",
    "Es wurde nichts geändert: Der Satz nennt etwas anderes. Wiederholen Sie es ohne `confirm`, dann kommt eine "
    "Vorschau.",
)
_TOO_MANY = Words(
    "Too many wrong phrases; nothing was changed. Wait ten minutes, then ask for a new preview.",
    "Zu viele falsche Sätze; es wurde nichts geändert. Warten Sie zehn Minuten, und verlangen Sie eine neue Vorschau.",
)
_NOT_VALID = Words(
    "The phrase is not valid (any more): the record has changed since the preview, more than ten minutes have passed, "
    "or the code is wrong. Nothing was changed. Repeat it without `confirm` for a new preview.",
    "Der Satz gilt nicht (mehr): Der Datensatz hat sich seit der Vorschau geändert, mehr als zehn Minuten sind "
    "vergangen, oder der Code ist falsch. Es wurde nichts geändert. Wiederholen Sie es ohne `confirm`, dann kommt "
    "eine neue Vorschau.",
)
DIGEST_BYTES = 32
_CLOCK = 1024  # minutes after which the two characters for the minute repeat
_PHRASE = re.compile(r"(?P<words>.*)#\s*(?P<code>[0-9a-zA-Z]{8})\s*", re.DOTALL)


@dataclass(frozen=True)
class Action:
    """A change that needs a confirmation.

    `words` name the change and its record in one line; `arguments` are those of the tool without the phrase; `state` is
    everything about the record that must not change before the confirmation; `way` is how it may be confirmed, since a
    phrase for one way does not hold for another.
    """

    tool: str
    words: str
    arguments: Mapping[str, Any]
    state: object
    caller: str = ""
    way: str = ""


class NotConfirmed(Problem):
    """The phrase does not confirm this action. The text says why and what to do."""


class Confirmation:
    """Seals phrases and checks them, for one `dialler`. `clock` gives seconds since 1970; only tests pass a `key`.

    Every method raises `StateError` when the state cannot be used.
    """

    def __init__(
        self,
        store: StateStore,
        dialler: str = "",
        *,
        clock: Callable[[], float] = time.time,
        key: bytes | None = None,
    ) -> None:
        self._store = store
        self._dialler = dialler
        self._clock = clock
        self._key = key

    async def phrase(self, action: Action) -> str:
        """The phrase that confirms the action for the next ten minutes, once.

        If the same action was confirmed within this minute already, the phrase of an earlier minute is given, which
        expires sooner.
        """

        def make(connection: "Connection") -> str:
            codes = self._codes(connection, action)[:VALID_MINUTES]
            spent_codes = code_rows.used(connection, codes)
            return f"{action.words} #{next((code for code in codes if code not in spent_codes), codes[0])}"

        return await self._store.run(make)

    async def check(self, action: Action, phrase: str) -> str:
        """Accept the phrase and return its code; `use` uses it up, in the transaction that remembers the change.

        Raises:
            NotConfirmed: it is not the phrase of this action, it has expired or was used, or the record has changed.
        """
        match = _PHRASE.fullmatch(phrase)
        if match is None:
            raise NotConfirmed(_WHOLE)
        if _spelled(match["words"]) != _spelled(action.words):
            raise NotConfirmed(_OTHER)
        code = match["code"].lower()
        objection = await self._store.run(lambda connection: self._objection(connection, action, code))
        if objection is not None:
            raise NotConfirmed(objection)
        return code

    async def reference(self, about: bytes) -> bytes:
        """The mark of a question to a person: the digest `about`, and how often it was recently answered with yes.

        A question whose answer was used gets another mark when it is asked again, so an answer sent twice counts once.
        """

        def free(connection: "Connection") -> bytes:
            spent_references = code_rows.used_with_prefix(connection, about.hex(), now=self._clock())
            references = (about + number.to_bytes(2) for number in count())
            return next(reference for reference in references if reference.hex() not in spent_references)

        return await self._store.run(free)

    def use(self, connection: "Connection", code: str) -> None:
        """Use up a code or a reference, within the transaction that remembers the change.

        Raises:
            NotConfirmed: another invocation has used it first.
        """
        now = self._clock()
        try:
            code_rows.use_once(connection, code, now=now, expires=now + _KEPT)
        except code_rows.UsedAlready as error:
            raise NotConfirmed(USED) from error

    def _objection(self, connection: "Connection", action: Action, code: str) -> Words | None:
        """Why the code does not confirm the action, None when it does; a wrong code is counted."""
        take_turns(connection, f"codes of {action.caller}")
        if code_rows.count_wrong(connection, action.caller, since=self._clock() - _KEPT) >= MAX_FAILURES:
            return _TOO_MANY
        if code_rows.used(connection, [code]):
            return USED
        if any(hmac.compare_digest(valid, code) for valid in self._codes(connection, action)):
            return None
        code_rows.add_wrong(connection, action.caller, at=self._clock())
        return _NOT_VALID

    def _codes(self, connection: "Connection", action: Action) -> list[str]:
        """The valid codes, the present minute's first."""
        self._key = self._key or sealing_key(connection)
        minute = int(self._clock() // 60)
        return [self._code(self._key, action, minute - age) for age in range(VALID_MINUTES + 1)]

    def _code(self, key: bytes, action: Action, minute: int) -> str:
        """Two characters for the minute, six for 30 bits of HMAC."""
        what = [action.tool, _spelled(action.words), sorted(action.arguments.items())]
        about = [*what, action.caller, action.way, minute]
        message = msgspec.json.encode(about) + digest(action.state) + self._dialler.encode()
        seal = b32encode(hmac.digest(key, message, "sha256")).decode()
        when = minute % _CLOCK
        digits = "abcdefghijklmnopqrstuvwxyz234567"
        return f"{digits[when // 32]}{digits[when % 32]}{seal[:6]}".lower()


def _spelled(words: str) -> str:
    """Case and spacing may differ, the meaning may not."""
    return " ".join(words.casefold().split())
