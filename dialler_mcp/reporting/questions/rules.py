"""The parts of SQL that a question may contain: only those listed here, checked on the tree that DuckDB parsed.

So it reads the four views and its own common table expressions, and nothing else of this machine: no files, no
settings, no catalogue, no names of attached files. It cannot write, since a tree that writes has nodes that are not
listed. The functions that make much out of little (repeat, lpad, printf, range as a list) are left out as well.
"""

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, cast

from dialler_mcp.reporting.questions import refusals
from dialler_mcp.words import NOTHING, Words

VIEWS = ("contacts", "calls", "result_codes", "campaigns")
MAX_SQL = 10_000
"""Characters of a question."""
MAX_DEPTH = 200
"""Levels of an expression at which DuckDB's parser stops."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATORS = _words("+ - * / // % ^ ** || ~~ !~~ ~~* !~~* ~~~ ~ !~ ^@ @ & | << >> && @> <@")
FUNCTIONS: Mapping[str, frozenset[str]] = {
    group: _words(names)
    for group, names in {
        "aggregates": """any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_min argmax
            argmin array_agg avg bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy
            first geomean geometric_mean group_concat histogram kurtosis last list listagg mad max max_by mean median
            min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept
            regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp string_agg sum
            var_pop var_samp variance wavg weighted_avg""",
        "windows": """cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank
            rank_dense row_number""",
        "dates and times": """age ago century current_date current_localtime current_localtimestamp date_add date_diff
            date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear
            days_in_month decade epoch epoch_ms get_current_time get_current_timestamp hour isodow isoyear last_day
            make_date make_time make_timestamp microsecond millisecond minute month monthname now quarter second
            strftime strptime time_bucket timezone to_days to_hours to_microseconds to_milliseconds to_minutes to_months
            to_quarters to_seconds to_timestamp to_weeks to_years today transaction_timestamp try_strptime week weekday
            weekofyear year yearweek""",
        "texts": """ascii bit_length char_length character_length chr concat concat_ws contains damerau_levenshtein
            editdist3 ends_with hamming ilike_escape instr jaccard jaro_similarity jaro_winkler_similarity lcase left
            left_grapheme len length length_grapheme levenshtein like_escape lower ltrim md5 mismatches nfc_normalize
            not_ilike_escape not_like_escape overlay position prefix regexp_escape regexp_extract regexp_extract_all
            regexp_full_match regexp_matches regexp_replace regexp_split_to_array replace reverse right right_grapheme
            rtrim sha256 split split_part starts_with str_split str_split_regex string_split string_split_regex
            string_to_array strip_accents strlen strpos substr substring substring_grapheme suffix translate trim
            ucase unicode upper""",
        "numbers": """abs acos add asin atan atan2 bar bin bit_count cbrt ceil ceiling cos degrees divide even exp
            factorial fdiv floor fmod gcd greatest greatest_common_divisor hash isfinite isinf isnan lcm least
            least_common_multiple ln log log10 log2 mod multiply pi pow power radians round round_even sign sin sqrt
            subtract tan trunc xor""",
        "lists and structs": """aggregate apply array_extract array_length array_slice array_to_string cardinality
            element_at filter flatten list_aggregate list_any_value list_append list_apply list_avg list_concat
            list_contains list_count list_distinct list_element list_extract list_filter list_first list_has
            list_has_all list_has_any list_indexof list_intersect list_last list_max list_median list_min list_mode
            list_position list_prepend list_reduce list_reverse list_reverse_sort list_slice list_sort list_sum
            list_transform list_unique list_value list_where list_zip map map_entries map_extract map_from_entries
            map_keys map_values reduce row struct_extract struct_extract_at struct_insert struct_keys struct_pack
            struct_values unnest""",
        "others": """coalesce constant_or_null if ifnull nullif typeof""",
    }.items()
}
TABLE_FUNCTIONS = frozenset(("range", "generate_series", "unnest"))

_ALLOWED = OPERATORS.union(*FUNCTIONS.values())
_EXPRESSIONS = _words(
    "BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA OPERATOR"
    " POSITIONAL_REFERENCE STAR SUBQUERY TYPE WINDOW"
)
_PARTS = _words(
    "SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY"
    " PIVOT ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING"
    " DESCENDING"
)
# Parts that are not allowed but that people write, with what to write in their place.
_INSTEAD = {
    "PARAMETER": refusals.NO_PARAMETERS,
    "SHOW_REF": refusals.NO_DESCRIBING,
    "INSERT_QUERY_NODE": refusals.NOTHING_WRITTEN,
    "UPDATE_QUERY_NODE": refusals.NOTHING_WRITTEN,
    "DELETE_QUERY_NODE": refusals.NOTHING_WRITTEN,
}


class NotAnswered(Exception):
    """A question is not answered. `words` say why and what to do; they repeat no value of the question.

    `place` is the byte of the question that it is about, None where that is not known.
    """

    def __init__(self, words: Words, place: int | None = None) -> None:
        self.words, self.place = words, place
        super().__init__(words.en)


def check(tree: Mapping[str, Any], own_names: Collection[str]) -> None:
    """Look at every node of a question, in the form of DuckDB's json_serialize_sql. `own_names` are those of its own
    relations, in small letters: a common table expression of such a name could stand for the relation elsewhere.

    Raises:
        NotAnswered: something is not allowed.
    """
    parts = list(walk(tree["statements"]))
    if frozenset().union(*(part.own for part in parts)) & frozenset(own_names):
        raise NotAnswered(refusals.OTHER_NAME)
    inside_from = {id(part.node["function"]) for part in parts if part.node.get("type") == "TABLE_FUNCTION"}
    for node, place, own in parts:
        _check_kind(node, place)
        kind = node.get("class") or node.get("type")
        if kind == "BASE_TABLE":
            _check_table(node, own, place)
        elif kind == "FUNCTION":
            _check_function(node, TABLE_FUNCTIONS if id(node) in inside_from else _ALLOWED, place)
        elif kind == "WINDOW":
            _check_function(node, _ALLOWED, place)
        elif kind == "TYPE" and len(_path(node)) != 1:
            raise NotAnswered(refusals.BUILT_IN_TYPES, place)


class Part(NamedTuple):
    """An object of the tree, its place in the question, and the common table expressions that may be named there."""

    node: dict[str, Any]
    place: int | None
    own: frozenset[str]


def walk(root: object) -> Iterator[Part]:
    """Every object of the tree, without recursion, since a tree may be deep."""
    waiting: list[tuple[object, int | None, frozenset[str]]] = [(root, None, frozenset())]
    while waiting:
        value, place, own = waiting.pop()
        if isinstance(value, list):
            waiting += [(part, place, own) for part in cast(list[object], value)]
        elif isinstance(value, dict):
            node = cast(dict[str, Any], value)
            location = node.get("query_location")
            place = location if isinstance(location, int) and location <= MAX_SQL * 4 else place
            for name, body in _expressions(node):
                recursive = body["query_node"].get("type") == "RECURSIVE_CTE_NODE"
                waiting.append((body, place, own | {name} if recursive else own))
                own |= {name}  # for those after it, and for the query that they stand before
            yield Part(node, place, own)
            waiting += [(part, place, own) for name, part in node.items() if name != "cte_map"]


def _expressions(node: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The common table expressions of a query, in their order."""
    if isinstance(names := node.get("cte_map"), dict):
        for entry in cast(dict[str, Any], names)["map"]:
            yield entry["key"].casefold(), entry["value"]


def _check_kind(node: Mapping[str, Any], place: int | None) -> None:
    if "class" in node:
        kind, kinds = node["class"], _EXPRESSIONS
    elif isinstance(node.get("type"), str):
        kind, kinds = node["type"], _PARTS
    else:
        return
    if kind not in kinds:
        raise NotAnswered(_INSTEAD.get(kind, refusals.NOT_ALLOWED), place)


def _path(node: Mapping[str, Any]) -> list[str]:
    """The name of a table, function or type with its qualifiers."""
    return node["qualified_name"]["path"]


def _check_table(node: Mapping[str, Any], own: Collection[str], place: int | None) -> None:
    path = _path(node)
    name = path[-1].casefold()
    if node.get("at_clause"):
        raise NotAnswered(refusals.ONE_STATE, place)
    if len(path) == 1 and (name in VIEWS or name in own):
        return
    near = difflib.get_close_matches(name, VIEWS, 1, 0.6)
    hint = refusals.MEANT.filled(name=near[0]) if near else NOTHING
    raise NotAnswered(refusals.NO_VIEW.filled(views=", ".join(VIEWS)).then(hint, between=""), place)


def _check_function(node: Mapping[str, Any], functions: frozenset[str], place: int | None) -> None:
    path = _path(node)
    name = path[-1].casefold()
    if len(path) == 1 and name in functions:
        return
    if functions is TABLE_FUNCTIONS:
        raise NotAnswered(refusals.NOT_IN_FROM, place)
    near = difflib.get_close_matches(name, _ALLOWED, 3, 0.75) if len(path) == 1 else []
    hint = refusals.NEAREST.filled(names=", ".join(near)) if near else refusals.FUNCTIONS_LISTED
    raise NotAnswered(refusals.NO_FUNCTION.filled(hint=hint), place)
