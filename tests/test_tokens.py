"""Tokens are counted as the package does that we count with."""

import pytest

from tests.tokens import tokens


def test_a_text_has_the_tokens_that_o200k_gives_it():
    assert tokens("") == 0
    assert tokens("hallo Welt") == 3
    assert tokens("215220\tMax Mustermann\tfollow-up") == 8


@pytest.mark.parametrize(
    "text",
    ["Comment: «{}:ruft an:{}», «{}-data:\n«{}:a:{}»\n:{}-data»", "confirm: delete Contact10 #{0}{0}"],
)
def test_whatever_is_drawn_the_text_costs_the_same(text: str):
    assert len({tokens(text.format(*[drawn] * 6)) for drawn in ("abcd", "4d7p", "ry5f")}) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("text", ["", "hallo Welt", 'Müller 😀 {"a": [1]}\n\t', "\u200b ١٢٣ don't", "a" * 999])
def test_a_text_has_as_many_as_the_package_says(text: str):
    import bpe_openai  # pyright: ignore[reportMissingTypeStubs] - it has none

    assert tokens(text) == len(bpe_openai.get_encoding("o200k_base").encode(text))
