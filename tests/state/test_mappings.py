"""Mappings of columns that are kept under a name, in each database."""

from typing import Any

import pytest

from dialler_mcp.state.mappings import Full, for_columns, forget, keep, names, under
from dialler_mcp.state.store import StateStore
from tests.places import Place


def row(key: str, owner: str = "anna", *, columns: str = "f1", time: float = 1.0) -> dict[str, Any]:
    return {"owner": owner, "key": key, "name": key.title(), "fingerprint": columns, "mapping": "{}", "kept": time}


async def added(store: StateStore, *rows: dict[str, Any], most: int = 10) -> list[bool]:
    return [await store.run(lambda connection, one=one: keep(connection, one, most=most)) for one in rows]


async def test_what_is_kept_is_found_by_its_name(place: Place):
    store = place.store()
    assert await added(store, row("crm")) == [False]
    assert await store.run(lambda c: under(c, "anna", "crm")) == row("crm")
    assert await store.run(lambda c: under(c, "anna", "fair")) is None


async def test_one_name_is_kept_once_and_the_last_counts(place: Place):
    store = place.store()
    assert await added(store, row("crm"), row("crm", columns="f2"), most=1) == [False, True]
    mapping = await store.run(lambda c: under(c, "anna", "crm"))
    assert mapping is not None
    assert mapping["fingerprint"] == "f2"


async def test_the_newest_for_the_same_columns_comes_first(place: Place):
    store = place.store()
    await added(store, row("old", time=1.0), row("new", time=2.0), row("other", columns="f2", time=3.0))
    assert [one["key"] for one in await store.run(lambda c: for_columns(c, "anna", "f1"))] == ["new", "old"]


async def test_each_has_their_own(place: Place):
    store = place.store()
    await added(store, row("crm"), row("crm", "berta", columns="f2"))
    assert await store.run(lambda c: names(c, "berta")) == ["Crm"]
    assert await store.run(lambda c: for_columns(c, "berta", "f1")) == []
    assert await store.run(lambda c: forget(c, "berta", "crm")) is True
    assert await store.run(lambda c: under(c, "anna", "crm")) is not None


async def test_what_is_forgotten_is_gone(place: Place):
    store = place.store()
    await added(store, row("crm"))
    assert await store.run(lambda c: forget(c, "anna", "crm")) is True
    assert await store.run(lambda c: forget(c, "anna", "crm")) is False
    assert await store.run(lambda c: names(c, "anna")) == []


async def test_too_many_are_refused_and_what_is_there_stays(place: Place):
    store = place.store()
    await added(store, row("a"), row("b"), most=2)
    with pytest.raises(Full):
        await added(store, row("c"), most=2)
    assert await store.run(lambda c: names(c, "anna")) == ["A", "B"]
    assert await added(store, row("c", "berta"), most=2) == [False]
