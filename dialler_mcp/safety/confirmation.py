"""The sealed phrase: what destroys must be previewed, and repeated with the phrase of the preview.

The phrase reads as a sentence in a host's own permission dialog:
`delete Contact10 · Mustermann · Campaign 1000 #k3v9q2m7`.

Its code is a truncated HMAC over tool, arguments, a digest of the record's state, the caller and the minute. It is
recomputed from the live record when the phrase comes back, so nothing is kept but the codes that were used. It guards
against accidents, not against a model bent on deleting.
"""

import hashlib
import hmac
import re
import secrets
import time
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

VALID_MINUTES = 10
MOST_FAILURES = 5  # wrong codes within VALID_MINUTES; 30 bits cannot be guessed in so few
_CLOCK = 1024  # minutes after which the two characters for the minute repeat
_PHRASE = re.compile(r"(?P<words>.*)#\s*(?P<code>[0-9a-zA-Z]{8})\s*", re.DOTALL)


@dataclass(frozen=True)
class Action:
    """Something that needs a confirmation.

    `words` name it and its record in one line; `arguments` are those of the tool without the phrase; `state` is
    everything about the record that must not have changed in between.
    """

    tool: str
    words: str
    arguments: Mapping[str, Any]
    state: object
    caller: str = ""


class Refusal(Exception):
    """The phrase does not confirm this action. The text says why and what to do."""


class Confirmation:
    """Seals phrases and checks them. `key` and `clock` (seconds) are given by tests and, later, by replicas."""

    def __init__(self, key: bytes | None = None, clock: Callable[[], float] = time.time) -> None:
        self._key = key or secrets.token_bytes(32)
        self._clock = clock
        self._used: dict[str, float] = {}
        self._failures: list[float] = []

    def phrase(self, action: Action) -> str:
        """The phrase that confirms the action for the next ten minutes, once.

        When the same was confirmed in this minute already, it is the phrase of an earlier one, which expires sooner.
        """
        self._forget_old()
        codes = [self._code(action, self._minute() - age) for age in range(VALID_MINUTES)]
        return f"{action.words} #{next((code for code in codes if code not in self._used), codes[0])}"

    def check(self, action: Action, phrase: str) -> None:
        """Accept the phrase and use it up.

        Raises:
            Refusal: it is not the phrase of this action, the record has changed, it has expired or was used.
        """
        self._forget_old()
        if len(self._failures) >= MOST_FAILURES:
            raise Refusal("Too many wrong phrases; nothing was changed. Wait ten minutes, then ask for a new preview.")
        found = _PHRASE.fullmatch(phrase)
        if found is None:
            raise Refusal(
                "Nothing was changed: `confirm` must be the whole phrase of the preview, with the code at its end. "
                "Call without `confirm` for a preview."
            )
        code = found["code"].lower()
        if code in self._used:
            raise Refusal(
                "This phrase was used already; nothing was changed now. Call without `confirm` for a new one."
            )
        if _spelled(found["words"]) != _spelled(action.words):
            raise Refusal("Nothing was changed: the phrase names something else. Call without `confirm` for a preview.")
        minute = self._minute()
        if any(hmac.compare_digest(self._code(action, minute - age), code) for age in range(VALID_MINUTES + 1)):
            self._used[code] = self._clock()
            return
        self._failures.append(self._clock())
        raise Refusal(
            "The phrase is not valid (any more): the record has changed since the preview, more than ten minutes have "
            "passed, or the code is wrong. Nothing was changed. Call without `confirm` for a new preview."
        )

    def _minute(self) -> int:
        return int(self._clock() // 60)

    def _code(self, action: Action, minute: int) -> str:
        """Two characters for the minute, six for 30 bits of HMAC."""
        about = [action.tool, _spelled(action.words), sorted(action.arguments.items()), action.caller, minute]
        sealed = msgspec.json.encode(about) + digest(action.state)
        seal = b32encode(hmac.digest(self._key, sealed, "sha256")).decode()
        when = minute % _CLOCK
        digits = "abcdefghijklmnopqrstuvwxyz234567"
        return f"{digits[when // 32]}{digits[when % 32]}{seal[:6]}".lower()

    def _forget_old(self) -> None:
        oldest = self._clock() - (VALID_MINUTES + 1) * 60
        self._used = {code: used for code, used in self._used.items() if used > oldest}
        self._failures = [failed for failed in self._failures if failed > oldest]


def digest(state: object) -> bytes:
    """A digest of everything that matters about a record."""
    return hashlib.sha256(msgspec.json.encode(state, order="deterministic")).digest()


def _spelled(words: str) -> str:
    """Case and spacing may differ, the meaning may not."""
    return " ".join(words.casefold().split())
