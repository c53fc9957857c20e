"""What pydantic finds wrong with a value, of a setting or an argument, in English and German and without the value."""

from pydantic_core import ErrorDetails

from dialler_mcp.words import Words, WrongValue

_WHOLE = "muss eine ganze Zahl sein"
_GERMAN = {
    "missing": "fehlt",
    "enum": "muss eines von diesen sein: {expected}",
    "literal_error": "muss eines von diesen sein: {expected}",
    "bool_parsing": "muss true oder false sein",
    "bool_type": "muss true oder false sein",
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": "muss eine Zahl sein",
    "float_type": "muss eine Zahl sein",
    "finite_number": "muss eine Zahl sein",
    "string_type": "muss ein Text sein",
    "list_type": "muss eine Liste sein",
    "dict_type": "muss ein Objekt mit Namen und Werten sein",
    "greater_than_equal": "muss mindestens {ge} sein",
    "greater_than": "muss größer als {gt} sein",
    "less_than_equal": "darf höchstens {le} sein",
    "less_than": "muss kleiner als {lt} sein",
    "string_too_long": "darf höchstens {max_length} Zeichen lang sein",
    "string_too_short": "muss mindestens {min_length} Zeichen lang sein",
    "too_long": "ist zu lang: höchstens {max_length}",
    "too_short": "ist zu kurz: mindestens {min_length}",
}
"""By the type of pydantic's error."""
_UNUSABLE = "lässt sich so nicht verwenden (auf Englisch: „{english}“)"


def mistake_of(item: ErrorDetails) -> Words:
    """What is wrong with one value; what we have no German for is quoted."""
    context = item.get("ctx", {})
    if isinstance(mistake := context.get("error"), WrongValue):
        return mistake.words
    limits = {name: f"{value:.0f}" if isinstance(value, float) else value for name, value in context.items()}
    english = item["msg"].removeprefix("Value error, ")
    german = _GERMAN.get(item["type"], _UNUSABLE).format(**{**limits, "english": english})
    return Words(english, german.replace("' or '", "' oder '"))
