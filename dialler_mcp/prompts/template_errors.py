"""What is wrong with a template of a prompt, each told with its file and line."""

from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

_PLACE = Words("{file}, line {line}:", "{file}, Zeile {line}:")
NO_TEXT = Words("cannot be read as UTF-8 text.", "lässt sich nicht als Text in UTF-8 lesen.")
NO_FRONT = Words("must be +++, which begins the front matter.", "muss +++ sein, womit der Kopf der Vorlage beginnt.")
ENDLESS = Words(
    "the front matter does not end; a line +++ is missing.", "der Kopf der Vorlage endet nicht; eine Zeile +++ fehlt."
)
NO_TOML = Words("the front matter is no TOML.", "der Kopf der Vorlage ist kein TOML.")
WRONG_FRONT = Words(
    "the front matter must hold title, description and [[arguments]], and nothing else.",
    "der Kopf der Vorlage muss title, description und [[arguments]] enthalten und sonst nichts.",
)
WRONG_ARGUMENT = Words(
    "each of [[arguments]] must hold name, description and required.",
    "jedes der [[arguments]] muss name, description und required enthalten.",
)
OTHER_ARGUMENTS = Words("the arguments must be {arguments}.", "die Argumente müssen {arguments} sein.")
NO_VARIABLE = Words(
    "there is no variable {name}; there are {names}.", "eine Variable {name} gibt es nicht; es gibt {names}."
)
NOT_THERE = Words("the template uses what is not there.", "die Vorlage verwendet, was es nicht gibt.")
SYNTAX = Words(
    "{message}.", "das ist keine gültige Vorlage; berichtigen Sie die Zeile. Jinja sagt dazu auf Englisch: „{message}“"
)
NO_DIRECTORY = Words("DIALLER_PROMPTS_DIR names no directory.", "DIALLER_PROMPTS_DIR nennt kein Verzeichnis.")
STRANGER = Words(
    "{file}: there is no such prompt to replace. Did you mean {names}?",
    "{file}: Eine Vorlage dieses Namens, die sich ersetzen ließe, gibt es nicht. Meinten Sie {names}?",
)
WRONG_LANGUAGE = Words(
    "Correct the arguments: language must be de (German) or en (English).",
    "Berichtigen Sie die Angaben: language muss de (Deutsch) oder en (Englisch) sein.",
)


def placed(file: str, line: int | None, words: Words) -> Words:
    """What is wrong, with the file and the line where it is."""
    place = Words.alike(f"{file}:") if line is None else _PLACE.filled(file=file, line=line)
    return place.then(words)


def wrong(file: str, line: int | None, words: Words) -> Problem:
    """The same as a problem."""
    return Problem(placed(file, line, words))
