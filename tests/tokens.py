"""Counting tokens as a model pays them."""

import bpe_openai  # pyright: ignore[reportMissingTypeStubs] - it has none


def tokens(text: str) -> int:
    """o200k tokens of a text; current Claude models count up to twice as many."""
    return len(bpe_openai.get_encoding("o200k_base").encode(text))
