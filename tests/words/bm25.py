"""A lexical tool search as hosts have one: BM25 over names and descriptions, with no knowledge of any language."""

import math
import re
from collections import Counter
from collections.abc import Mapping

K1, B = 1.2, 0.75  # the usual values, as in Lucene
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def words(text: str) -> list[str]:
    """Lower-case words; `snake_case` is several, and `löschen` is `loeschen`."""
    return re.findall(r"[a-z0-9]+", text.lower().translate(_FOLDED))


class Search:
    """Scores texts by their name for a query, after Robertson and Zaragoza, "The Probabilistic Relevance Framework"."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._counts = {name: Counter(words(text)) for name, text in texts.items()}
        self._average = sum(count.total() for count in self._counts.values()) / len(texts)
        self._holding = Counter(word for count in self._counts.values() for word in count)

    def scores(self, query: str) -> dict[str, float]:
        terms = words(query)
        return {name: sum(self._score(word, count) for word in terms) for name, count in self._counts.items()}

    def _score(self, word: str, count: Counter[str]) -> float:
        holding, often = self._holding[word], count[word]
        rarity = math.log(1 + (len(self._counts) - holding + 0.5) / (holding + 0.5))
        return rarity * often * (K1 + 1) / (often + K1 * (1 - B + B * count.total() / self._average))
