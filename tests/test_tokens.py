"""Tokens are counted as the package does that we count with."""

import pytest

from tests.tokens import tokens


def test_a_text_has_the_tokens_that_o200k_gives_it():
    assert tokens("") == 0
    assert tokens("hallo Welt") == 3
    assert tokens("215220\tMax Mustermann\tfollow-up") == 8


@pytest.mark.thorough
@pytest.mark.parametrize("text", ["", "hallo Welt", 'Müller 😀 {"a": [1]}\n\t', "\u200b ١٢٣ don't", "a" * 999])
def test_a_text_has_as_many_as_the_package_says(text: str):
    import bpe_openai  # pyright: ignore[reportMissingTypeStubs] - it has none

    assert tokens(text) == len(bpe_openai.get_encoding("o200k_base").encode(text))
