"""The tree of errors: as drawn, and each with words that help."""

import re

import pytest

from dialler_mcp.api import errors
from dialler_mcp.api.errors import (
    BadRequest,
    Conflict,
    DiallerError,
    Forbidden,
    NotFound,
    Refused,
    ServerFault,
    TooMany,
    Unauthorized,
    UnexpectedStatus,
)
from dialler_mcp.words import Words


def all_errors(base: type[DiallerError] = DiallerError) -> list[type[DiallerError]]:
    return [base, *(below for direct in base.__subclasses__() for below in all_errors(direct))]


def test_the_drawn_tree_is_the_real_one() -> None:
    tree: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"([\s│├└─]*)([A-Z][A-Za-z]+)(\s{2,}|$)", line):
            tree.append((len(match[1]) // 4 - 1, match[2]))

    def real(base: type[DiallerError], depth: int) -> list[tuple[int, str]]:
        below = [line for direct in base.__subclasses__() for line in real(direct, depth + 1)]
        return [(depth, base.__name__), *below]

    assert tree == real(DiallerError, 0)


@pytest.mark.parametrize("kind", all_errors())
def test_every_error_says_what_happened_and_what_to_do(kind: type[DiallerError]) -> None:
    error = kind("Reset a Dialler Contact by ID", status=418, reason="no tea")
    message = f"Reset a Dialler Contact by ID: {error.summary.en} The dialler says: 'no tea'. {error.hint.en}"
    assert error.for_person() == message
    assert re.fullmatch(re.escape(message).replace("'no\\ tea'", "«(.{4}):no tea:\\1»"), str(error))
    assert all(text.endswith(".") for text in (*error.summary, *error.hint))
    assert (error.status, error.reason, error.function) == (418, "no tea", "Reset a Dialler Contact by ID")


@pytest.mark.parametrize("kind", all_errors())
def test_an_error_without_details_is_a_sentence(kind: type[DiallerError]) -> None:
    error = kind()
    assert str(error) == f"{error.summary.en} {error.hint.en}"
    assert error.status is None


def test_summary_and_hint_of_one_error_leave_its_class_alone() -> None:
    error = NotFound(summary=Words.alike("Other words."), hint=Words.alike("Other advice."))
    assert str(error) == "Other words. Other advice."
    assert str(NotFound()) == "There is no such object (404). Check the ID or name; list or search first."


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (404, NotFound),
        (409, Conflict),
        (500, ServerFault),
        (502, ServerFault),
        (599, ServerFault),
        (403, Forbidden),
        (418, UnexpectedStatus),
        (429, TooMany),
    ],
)
def test_a_status_has_its_error(status: int, kind: type[Refused]) -> None:
    assert errors.error_class(status) is kind
