from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.records import Contact
from dialler_mcp.safety.confirmation import MOST_FAILURES, Action, Confirmation, Refusal, digest

DELETE = Action("dialler_delete_contact", "delete Contact10 · Mustermann", {"contact_id": 7}, Contact(id=7))


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_795_179_600.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def confirmation(clock: Clock) -> Confirmation:
    return Confirmation(b"k" * 32, clock)


def test_a_phrase_reads_as_a_sentence_and_ends_with_a_code(confirmation: Confirmation):
    words, _, code = confirmation.phrase(DELETE).partition(" #")
    assert words == "delete Contact10 · Mustermann"
    assert len(code) == 8
    assert code.isalnum()
    assert code == code.lower()


def test_a_phrase_works_once(confirmation: Confirmation):
    phrase = confirmation.phrase(DELETE)
    confirmation.check(DELETE, phrase)
    with pytest.raises(Refusal, match="used already"):
        confirmation.check(DELETE, phrase)


def test_the_same_can_be_confirmed_again_in_the_same_minute(confirmation: Confirmation):
    phrases = [confirmation.phrase(DELETE)]
    confirmation.check(DELETE, phrases[0])
    phrases.append(confirmation.phrase(DELETE))
    confirmation.check(DELETE, phrases[1])
    assert phrases[0] != phrases[1]


def test_when_all_phrases_of_ten_minutes_are_used_the_next_is_refused(confirmation: Confirmation):
    for _ in range(10):
        confirmation.check(DELETE, confirmation.phrase(DELETE))
    with pytest.raises(Refusal, match="used already"):
        confirmation.check(DELETE, confirmation.phrase(DELETE))


SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    str.lower,
    lambda text: text.replace(" ", "   "),
    lambda text: f"  {text}\n",
    lambda text: text.replace("#", "# "),
]


@pytest.mark.parametrize("spell", SPELLINGS)
def test_case_and_spacing_may_differ(confirmation: Confirmation, spell: Callable[[str], str]):
    confirmation.check(DELETE, spell(confirmation.phrase(DELETE)))


@pytest.mark.parametrize(
    "other",
    [
        replace(DELETE, tool="dialler_delete_contact_by_user_data"),
        replace(DELETE, arguments={"contact_id": 8}),
        replace(DELETE, state=Contact(id=7, name="Anders")),
        replace(DELETE, caller="somebody else"),
    ],
)
def test_a_phrase_is_bound_to_tool_arguments_state_and_caller(confirmation: Confirmation, other: Action):
    with pytest.raises(Refusal, match="not valid"):
        confirmation.check(other, confirmation.phrase(DELETE))


def test_a_phrase_of_another_record_is_refused_by_its_words(confirmation: Confirmation):
    other = replace(DELETE, words="delete Contact11 · Beck")
    with pytest.raises(Refusal, match="names something else"):
        confirmation.check(DELETE, confirmation.phrase(other))


def test_another_process_refuses_it():
    with pytest.raises(Refusal, match="not valid"):
        Confirmation().check(DELETE, Confirmation().phrase(DELETE))


def test_a_replica_with_the_same_key_accepts_it(clock: Clock):
    Confirmation(b"k", clock).check(DELETE, Confirmation(b"k", clock).phrase(DELETE))


@pytest.mark.parametrize("seconds", [0, 59, 300, 600])
def test_a_phrase_holds_ten_minutes(confirmation: Confirmation, clock: Clock, seconds: int):
    phrase = confirmation.phrase(DELETE)
    clock.seconds += seconds
    confirmation.check(DELETE, phrase)


@pytest.mark.parametrize("seconds", [660, 3600, 1024 * 60])
def test_a_phrase_expires(confirmation: Confirmation, clock: Clock, seconds: int):
    phrase = confirmation.phrase(DELETE)
    clock.seconds += seconds
    with pytest.raises(Refusal, match="more than ten minutes"):
        confirmation.check(DELETE, phrase)


@pytest.mark.parametrize(
    "garbage",
    ["", "yes", "#", "delete Contact10 · Mustermann", "delete #abc", "#" * 400, "\x00", "ja #ſſſſſſſſ", "x #aaaaaaaa!"],
)
def test_garbage_is_told_to_be_no_phrase(confirmation: Confirmation, garbage: str):
    with pytest.raises(Refusal, match="must be the whole phrase"):
        confirmation.check(DELETE, garbage)


def test_too_many_wrong_codes_stop_everything_for_ten_minutes(confirmation: Confirmation, clock: Clock):
    good = confirmation.phrase(DELETE)
    for number in range(MOST_FAILURES):
        with pytest.raises(Refusal, match="not valid"):
            confirmation.check(DELETE, f"{DELETE.words} #aaaaaaa{number + 2}")
    with pytest.raises(Refusal, match="Too many wrong phrases"):
        confirmation.check(DELETE, good)
    clock.seconds += 661
    confirmation.check(DELETE, confirmation.phrase(DELETE))


def test_garbage_and_other_words_do_not_count_as_guesses(confirmation: Confirmation):
    for _ in range(MOST_FAILURES + 1):
        with pytest.raises(Refusal):
            confirmation.check(DELETE, "yes")
        with pytest.raises(Refusal):
            confirmation.check(DELETE, "delete somebody #aaaaaaaa")
    confirmation.check(DELETE, confirmation.phrase(DELETE))


@given(st.text())
def test_no_phrase_but_the_right_one_passes_or_crashes(text: str):
    confirmation = Confirmation(b"k", Clock())
    for phrase in (text, f"{DELETE.words} #{text}", f"{DELETE.words} #{text[:8]:a<8}"):
        with pytest.raises(Refusal):
            confirmation.check(DELETE, phrase)


def test_the_digest_sees_every_field_and_no_order():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(Contact(id=1)) != digest(Contact(id=1, b_locked=True))
