"""Counting tokens as a model pays them."""

import re
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any

_DRAWN = (
    (re.compile(r"(?<=«)[a-z2-9]{4}(?=[:-])|(?<=:)[a-z2-9]{4}(?=»|-data»)"), "ry5f"),
    (re.compile(r"#[a-z2-7]{8}\b"), "#oixjxaa6"),
)


def tokens(text: str) -> int:
    """o200k tokens of a text; current Claude models count up to twice as many.

    The mark around foreign text and the code of a confirmation are drawn anew, and some cost three tokens more than
    others: the same of the middle is counted for all, so that an answer always costs the same.
    """
    for drawn, middle in _DRAWN:
        text = drawn.sub(middle, text)
    return _counter().count(text)


@cache
def _counter() -> Any:
    """What counts within bpe_openai. To import the package itself takes fifteen times as long: it reads the tables of
    all encodings.
    """
    package = find_spec("bpe_openai")
    assert package is not None
    spec = PathFinder.find_spec("_bindings", package.submodule_search_locations)
    assert spec is not None
    assert spec.loader is not None
    bindings = module_from_spec(spec)
    spec.loader.exec_module(bindings)
    return bindings.tokenizer_for_encoding("o200k_base")
