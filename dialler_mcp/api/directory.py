"""Names for IDs of campaigns, result codes and ACD groups, cached for a minute."""

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar, cast

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import DiallerError
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import AcdGroup, Campaign, ResultCode

T = TypeVar("T")
MEMORY = 60.0  # seconds


class Directory:
    """Looks names up. A name that cannot be read is None, since the answer that wants it is still useful without."""

    def __init__(self, dialler: Dialler, clock: Callable[[], float] = time.monotonic) -> None:
        self._dialler = dialler
        self._clock = clock
        self._cache: dict[Hashable, tuple[float, object]] = {}

    async def campaign(self, campaign_id: int | None) -> Campaign | None:
        if not campaign_id:
            return None
        return await self._remembered(("campaign", campaign_id), lambda: self._dialler.get_campaign(campaign_id))

    async def campaigns(self) -> list[Campaign]:
        return await self._remembered("campaigns", self._dialler.list_campaigns) or []

    async def result_codes(
        self, campaign_id: int | None, language: Language, *, fresh: bool = False
    ) -> dict[int, ResultCode]:
        """The result codes of a campaign by ID; `fresh` for a decision that depends on what they mean now."""
        if not campaign_id:
            return {}
        key = ("codes", campaign_id, language)
        if fresh:
            self._cache.pop(key, None)
        codes = await self._remembered(key, lambda: self._dialler.get_result_codes(campaign_id, language))
        return {code.id: code for code in codes or ()}

    async def acd_groups(self) -> dict[int, AcdGroup]:
        """The ACD groups by ID."""
        groups = await self._remembered("groups", self._dialler.list_acd_groups)
        return {group.id: group for group in groups or ()}

    def forget(self) -> None:
        """Empty the cache, after a campaign was cloned or deleted."""
        self._cache.clear()

    async def _remembered(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T | None:
        until, value = self._cache.get(key, (0.0, None))
        if until <= self._clock():
            try:
                value = await ask()
            except DiallerError:
                return None
            self._cache[key] = (self._clock() + MEMORY, value)
        return cast(T | None, value)
