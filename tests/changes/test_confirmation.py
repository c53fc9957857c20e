import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from dialler_mcp.changes.confirmation import MAX_FAILURES, Action, Confirmation, NotConfirmed, digest
from dialler_mcp.domain.records import Contact
from dialler_mcp.state.keys import sealing_key
from dialler_mcp.state.schema import keys
from dialler_mcp.state.store import StateError, StateStore
from tests.places import Place

DELETE = Action("dialler_delete_contact", "delete Contact10 · Mustermann", {"contact_id": 7}, Contact(id=7))


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_795_179_600.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Gate:
    """Confirms and uses up at once, as a change does; `store` stands for a process."""

    def __init__(self, store: StateStore, clock: Clock) -> None:
        self.store = store
        self.confirmation = Confirmation(store, clock=clock)

    async def phrase(self, action: Action = DELETE) -> str:
        return await self.confirmation.phrase(action)

    async def check(self, action: Action, phrase: str) -> None:
        code = await self.confirmation.check(action, phrase)
        await self.use(code)

    async def use(self, code: str) -> None:
        await self.store.run(lambda connection: self.confirmation.use(connection, code))


@pytest.fixture
def gates(place: Place, clock: Clock) -> Callable[[], Gate]:
    """Makes gates on one state, as many processes would."""
    return lambda: Gate(place.store(), clock)


@pytest.fixture
def confirmation(gates: Callable[[], Gate]) -> Gate:
    return gates()


async def test_a_phrase_reads_as_a_sentence_and_ends_with_a_code(confirmation: Gate):
    words, _, code = (await confirmation.phrase(DELETE)).partition(" #")
    assert words == "delete Contact10 · Mustermann"
    assert len(code) == 8
    assert code.isalnum()
    assert code == code.lower()


async def test_a_phrase_works_once(confirmation: Gate):
    phrase = await confirmation.phrase(DELETE)
    await confirmation.check(DELETE, phrase)
    with pytest.raises(NotConfirmed, match="used already"):
        await confirmation.check(DELETE, phrase)


async def test_the_same_can_be_confirmed_again_in_the_same_minute(confirmation: Gate):
    phrases = [await confirmation.phrase(DELETE)]
    await confirmation.check(DELETE, phrases[0])
    phrases.append(await confirmation.phrase(DELETE))
    await confirmation.check(DELETE, phrases[1])
    assert phrases[0] != phrases[1]


async def test_when_all_phrases_of_ten_minutes_are_used_the_next_is_refused(confirmation: Gate):
    for _ in range(10):
        await confirmation.check(DELETE, await confirmation.phrase(DELETE))
    with pytest.raises(NotConfirmed, match="used already"):
        await confirmation.check(DELETE, await confirmation.phrase(DELETE))


SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    str.lower,
    lambda text: text.replace(" ", "   "),
    lambda text: f"  {text}\n",
    lambda text: text.replace("#", "# "),
]


@pytest.mark.parametrize("spell", SPELLINGS)
async def test_case_and_spacing_may_differ(confirmation: Gate, spell: Callable[[str], str]):
    await confirmation.check(DELETE, spell(await confirmation.phrase(DELETE)))


@pytest.mark.parametrize(
    "other",
    [
        replace(DELETE, tool="dialler_delete_contact_by_user_data"),
        replace(DELETE, arguments={"contact_id": 8}),
        replace(DELETE, state=Contact(id=7, name="Anders")),
        replace(DELETE, caller="somebody else"),
        replace(DELETE, way="card"),
    ],
)
async def test_a_phrase_is_bound_to_tool_arguments_state_caller_and_way(confirmation: Gate, other: Action):
    with pytest.raises(NotConfirmed, match="not valid"):
        await confirmation.check(other, await confirmation.phrase(DELETE))


async def test_a_phrase_of_another_record_is_refused_by_its_words(confirmation: Gate):
    other = replace(DELETE, words="delete Contact11 · Beck")
    with pytest.raises(NotConfirmed, match="names something else"):
        await confirmation.check(DELETE, await confirmation.phrase(other))


async def test_two_states_do_not_know_each_other(tmp_path: Path, clock: Clock):
    one, other = (Gate(StateStore(tmp_path, "sqlite://"), clock) for _ in range(2))
    with pytest.raises(NotConfirmed, match="not valid"):
        await other.check(DELETE, await one.phrase())
    for gate in (one, other):
        gate.store.close()


async def test_a_phrase_outlives_a_restart_and_stays_used(gates: Callable[[], Gate]):
    first = gates()
    phrase = await first.phrase()
    first.store.close()
    second = gates()
    await second.check(DELETE, phrase)
    second.store.close()
    with pytest.raises(NotConfirmed, match="used already"):
        await gates().check(DELETE, phrase)


async def test_of_many_processes_at_once_one_uses_a_phrase(gates: Callable[[], Gate]):
    phrase = await gates().phrase()
    many = [gates() for _ in range(8)]
    codes = await asyncio.gather(*(gate.confirmation.check(DELETE, phrase) for gate in many))
    outcomes = await asyncio.gather(
        *(gate.use(code) for gate, code in zip(many, codes, strict=True)), return_exceptions=True
    )
    assert [str(outcome) for outcome in outcomes if outcome is not None] == [
        "This confirmation was used already; nothing was changed now. Repeat it without `confirm` for a new one."
    ] * 7


async def test_a_phrase_that_was_only_looked_at_is_still_good(confirmation: Gate):
    phrase = await confirmation.phrase()
    for _ in range(2):
        await confirmation.confirmation.check(DELETE, phrase)
    await confirmation.check(DELETE, phrase)


async def test_a_phrase_of_one_dialler_is_none_of_another(confirmation: Gate, clock: Clock):
    other = Confirmation(confirmation.store, "https://other", clock=clock)
    with pytest.raises(NotConfirmed, match="not valid"):
        await other.check(DELETE, await confirmation.phrase())


async def test_a_restart_or_another_process_is_no_way_to_guess(gates: Callable[[], Gate]):
    good = await gates().phrase()
    for number in range(MAX_FAILURES):
        with pytest.raises(NotConfirmed, match="not valid"):
            await gates().check(DELETE, f"{DELETE.words} #aaaaaaa{number + 2}")
    with pytest.raises(NotConfirmed, match="Too many wrong phrases"):
        await gates().check(DELETE, good)


async def test_who_guesses_does_not_stop_others(confirmation: Gate):
    for number in range(MAX_FAILURES):
        with pytest.raises(NotConfirmed, match="not valid"):
            await confirmation.check(replace(DELETE, caller="guesser"), f"{DELETE.words} #aaaaaaa{number + 2}")
    await confirmation.check(DELETE, await confirmation.phrase())


async def test_a_question_is_another_one_once_its_answer_was_used(gates: Callable[[], Gate], clock: Clock):
    about = digest("a")
    confirmation = gates().confirmation
    first = await confirmation.reference(about)
    assert first == await gates().confirmation.reference(about)
    await gates().use(first.hex())
    second = await confirmation.reference(about)
    assert first.startswith(about)
    assert second.startswith(about)
    assert second != first
    with pytest.raises(NotConfirmed, match="used already"):
        await gates().use(first.hex())
    clock.seconds += 661
    assert await confirmation.reference(about) == first
    await gates().use(first.hex())


async def test_the_key_stands_in_no_error(place: Place):
    store = place.store()
    key = await store.run(sealing_key)
    assert len(key) == 32
    again = insert(keys).values(name="confirmation", value=key)
    with pytest.raises(StateError) as error:
        await store.run(lambda connection: connection.execute(again))
    cause = error.value.__cause__
    assert isinstance(cause, IntegrityError)
    assert "parameters hidden" in str(cause)
    assert repr(key)[2:10] not in str(cause)


@pytest.mark.parametrize("seconds", [0, 59, 300, 600])
async def test_a_phrase_holds_ten_minutes(confirmation: Gate, clock: Clock, seconds: int):
    phrase = await confirmation.phrase(DELETE)
    clock.seconds += seconds
    await confirmation.check(DELETE, phrase)


@pytest.mark.parametrize("seconds", [660, 3600, 1024 * 60])
async def test_a_phrase_expires(confirmation: Gate, clock: Clock, seconds: int):
    phrase = await confirmation.phrase(DELETE)
    clock.seconds += seconds
    with pytest.raises(NotConfirmed, match="more than ten minutes"):
        await confirmation.check(DELETE, phrase)


@pytest.mark.parametrize(
    "garbage",
    ["", "yes", "#", "delete Contact10 · Mustermann", "delete #abc", "#" * 400, "\x00", "ja #ſſſſſſſſ", "x #aaaaaaaa!"],
)
async def test_garbage_is_told_to_be_no_phrase(confirmation: Gate, garbage: str):
    with pytest.raises(NotConfirmed, match="must be the whole phrase"):
        await confirmation.check(DELETE, garbage)


async def test_too_many_wrong_codes_stop_everything_for_ten_minutes(confirmation: Gate, clock: Clock):
    good = await confirmation.phrase(DELETE)
    for number in range(MAX_FAILURES):
        with pytest.raises(NotConfirmed, match="not valid"):
            await confirmation.check(DELETE, f"{DELETE.words} #aaaaaaa{number + 2}")
    with pytest.raises(NotConfirmed, match="Too many wrong phrases"):
        await confirmation.check(DELETE, good)
    clock.seconds += 661
    await confirmation.check(DELETE, await confirmation.phrase(DELETE))


async def test_garbage_and_other_words_do_not_count_as_guesses(confirmation: Gate):
    for _ in range(MAX_FAILURES + 1):
        with pytest.raises(NotConfirmed):
            await confirmation.check(DELETE, "yes")
        with pytest.raises(NotConfirmed):
            await confirmation.check(DELETE, "delete somebody #aaaaaaaa")
    await confirmation.check(DELETE, await confirmation.phrase(DELETE))


@given(st.text())
def test_no_phrase_but_the_right_one_passes_or_crashes(text: str):
    store = StateStore(Path(), "sqlite://")
    confirmation = Confirmation(store, clock=Clock(), key=b"k")
    for phrase in (text, f"{DELETE.words} #{text}", f"{DELETE.words} #{text[:8]:a<8}"):
        with pytest.raises(NotConfirmed):
            asyncio.run(confirmation.check(DELETE, phrase))
    store.close()


def test_the_digest_sees_every_field_and_no_order():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(Contact(id=1)) != digest(Contact(id=1, b_locked=True))
