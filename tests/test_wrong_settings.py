from typing import Any

import pytest
from pydantic import ValidationError

from dialler_mcp.settings import Settings
from dialler_mcp.wrong_settings import setting_errors, variable


def mistakes(**values: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as error:
        Settings(**values)
    return setting_errors(error.value)


@pytest.mark.parametrize(
    ("values", "english", "german"),
    [
        ({"timezone": "Mond"}, "is not a known time zone", "DIALLER_TIMEZONE: ist keine bekannte Zeitzone"),
        ({"language": "fr"}, "'de' or 'en'", "DIALLER_LANGUAGE: muss eines von diesen sein: 'de' oder 'en'."),
        ({"read_only": "vielleicht"}, "valid boolean", "DIALLER_READ_ONLY: muss true oder false sein."),
        ({"journal_days": "x"}, "valid integer", "DIALLER_JOURNAL_DAYS: muss eine ganze Zahl sein."),
        ({"journal_days": 0}, "greater than or equal to 1", "DIALLER_JOURNAL_DAYS: muss mindestens 1 sein."),
        ({"timeout": 301}, "less than or equal to 300", "DIALLER_TIMEOUT: darf höchstens 300 sein."),
        ({"job_rate": 0}, "greater than 0", "DIALLER_JOB_RATE: muss größer als 0 sein."),
        ({"data_dir": "hier"}, "must be a whole path", "DIALLER_DATA_DIR: muss ein ganzer Pfad sein"),
        ({"token": "geheim"}, "DIALLER_BASE_URL is missing", "DIALLER_BASE_URL fehlt: Setzen Sie es"),
    ],
)
def test_a_mistake_in_a_setting_is_said_in_both_languages_without_its_value(
    values: dict[str, Any], english: str, german: str
):
    message = mistakes(**values)
    assert english in message[0]
    assert message[1].startswith(german)
    assert not any(str(value) in text for value in values.values() if isinstance(value, str) for text in message)


def test_several_mistakes_are_said_together():
    english, german = mistakes(timezone="Mond", read_only="vielleicht")
    assert english.count("; ") == 2  # one of them is in a sentence
    assert "; DIALLER_" in german


def test_a_setting_has_its_name_in_the_environment():
    assert variable("language") == "DIALLER_LANGUAGE"
