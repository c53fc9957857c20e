"""What is wrong with a setting, in German and English, without its value."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dialler_mcp.words import Words, joined

NO_ZONE = Words(
    "is not a known time zone; use a name such as Europe/Berlin",
    "ist keine bekannte Zeitzone; verwenden Sie einen Namen wie Europe/Berlin",
)
NO_ADDRESS = Words(
    "DIALLER_BASE_URL is missing: set it for a real dialler, or remove the token for the sandbox",
    "DIALLER_BASE_URL fehlt: Setzen Sie es für einen echten Dialler, oder entfernen Sie das Token für die Sandbox",
)
VARIABLES = Words(
    "variables ($HOME, %APPDATA%) are not filled in here: write the whole path, or ~ for your home",
    "Variablen ($HOME, %APPDATA%) werden hier nicht ersetzt: Schreiben Sie den ganzen Pfad, oder ~ für Ihr Verzeichnis",
)
NO_HOME = Words(
    "~ cannot be used here, since the home directory is unknown: write the whole path",
    "~ geht hier nicht, da Ihr Verzeichnis nicht bekannt ist: Schreiben Sie den ganzen Pfad",
)
WHOLE_PATH = Words(
    "must be a whole path, or begin with ~/: the host decides in which folder the server starts",
    "muss ein ganzer Pfad sein, oder mit ~/ beginnen: In welchem Ordner der Server startet, bestimmt der Host",
)
BOTH_TOKENS = Words(
    "DIALLER_TOKEN and DIALLER_TOKEN_FILE are both set: keep only one of them",
    "DIALLER_TOKEN und DIALLER_TOKEN_FILE sind beide gesetzt: Behalten Sie nur eines davon",
)
_MISTAKES = {
    "enum": "muss eines von diesen sein: {expected}",
    "literal_error": "muss eines von diesen sein: {expected}",
    "bool_parsing": "muss true oder false sein",
    "int_parsing": "muss eine ganze Zahl sein",
    "int_from_float": "muss eine ganze Zahl sein",
    "float_parsing": "muss eine Zahl sein",
    "greater_than_equal": "muss mindestens {ge} sein",
    "greater_than": "muss größer als {gt} sein",
    "less_than_equal": "darf höchstens {le} sein",
}
"""What pydantic says of a value, in German, by the type of its error."""


class WrongSetting(ValueError):
    """A setting that is wrong; `words` say why and what to do."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


def setting_errors(error: ValidationError) -> Words:
    """Each invalid setting and what is wrong with it, in one line, without its value."""
    lines = [
        Words.alike(f"{variable(str(item['loc'][0]))}: " if item["loc"] else "").then(_mistake(item), between="")
        for item in error.errors(include_url=False, include_input=False)
    ]
    return joined(lines).then(Words.alike("."), between="")


def _mistake(item: ErrorDetails) -> Words:
    """What is wrong with one setting; what we have no German for stays as the checks say it."""
    context = item.get("ctx", {})
    if isinstance(mistake := context.get("error"), WrongSetting):
        return mistake.words
    limits = {name: f"{value:.0f}" if isinstance(value, float) else value for name, value in context.items()}
    german = _MISTAKES.get(item["type"], "").format(**limits).replace("' or '", "' oder '")
    english = item["msg"].removeprefix("Value error, ")
    return Words(english, german or english)


def variable(name: str) -> str:
    """What a setting is called in the environment."""
    return f"DIALLER_{name.upper()}"
