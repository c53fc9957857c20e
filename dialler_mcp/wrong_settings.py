"""What is wrong with a setting, in German and English, without its value."""

from pydantic import ValidationError

from dialler_mcp.words import Words, joined
from dialler_mcp.wrong_values import mistake_of

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


def setting_errors(error: ValidationError) -> Words:
    """Each invalid setting and what is wrong with it, in one line, without its value."""
    lines = [
        Words.alike(f"{variable(str(item['loc'][0]))}: " if item["loc"] else "").then(mistake_of(item), between="")
        for item in error.errors(include_url=False, include_input=False)
    ]
    return joined(lines).then(Words.alike("."), between="")


def variable(name: str) -> str:
    """What a setting is called in the environment."""
    return f"DIALLER_{name.upper()}"
