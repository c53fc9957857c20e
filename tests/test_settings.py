import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.settings import Settings, titles_in_a_form
from dialler_mcp.wrong_settings import setting_errors


def test_nothing_set_means_the_sandbox():
    settings = Settings()
    assert settings.is_sandbox
    assert settings.privacy is Privacy.bank
    assert settings.language is Language.en
    assert str(settings.zone) == "Europe/Berlin"


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        ("DIALLER_BASE_URL", "https://d.example/rest/v1.0/1", "DIALLER_TOKEN"),
        ("DIALLER_TOKEN", "t", "DIALLER_BASE_URL"),
    ],
)
def test_half_a_configuration_is_an_error(monkeypatch: pytest.MonkeyPatch, name: str, value: str, missing: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as error:
        Settings()
    assert setting_errors(error.value).en.startswith(f"{missing} is missing")


def test_both_set_mean_a_real_dialler(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALLER_BASE_URL", "https://d.example/rest/v1.0/1")
    monkeypatch.setenv("DIALLER_TOKEN", "s3cret-token")
    settings = Settings()
    assert not settings.is_sandbox
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in str(settings.model_dump())


def test_what_a_bundle_leaves_unfilled_counts_as_unset(monkeypatch: pytest.MonkeyPatch):
    for name in ("BASE_URL", "TOKEN", "TIMEZONE", "PROMPTS_DIR", "PRIVACY"):
        monkeypatch.setenv(f"DIALLER_{name}", f"${{user_config.{name.lower()}}}")
    settings = Settings()
    assert settings.is_sandbox
    assert settings.timezone == "Europe/Berlin"
    assert settings.prompts_dir is None


def test_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALLER_TOKEN", "")
    monkeypatch.setenv("DIALLER_BASE_URL", "")
    assert Settings().is_sandbox


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEOUT", "soon"),
        ("TIMEOUT", "0"),
        ("CONNECTIONS", "33"),
        ("PRIVACY", "none"),
        ("CONFIRMATION", "off"),
        ("LANGUAGE", "fr"),
        ("LOG_LEVEL", "LOUD"),
        ("ROLE", "boss"),
        ("CHANGES_PER_DAY", "-1"),
        ("DRY_RUN", "perhaps"),
    ],
)
def test_a_wrong_value_is_named_by_its_setting_and_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(f"DIALLER_{name}", value)
    with pytest.raises(ValidationError) as error:
        Settings()
    text = setting_errors(error.value).en
    assert text.startswith(f"DIALLER_{name}: ")
    if len(value) > 3:
        assert value not in text


@pytest.mark.parametrize(
    ("name", "value", "attribute", "setting_value"),
    [
        ("LANGUAGE", "DE", "language", Language.de),
        ("PRIVACY", " Masked ", "privacy", Privacy.masked),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("SANDBOX_DATES", "UTC", "sandbox_dates", "utc"),
        ("SANDBOX_RELEASE", "No-Batch", "sandbox_release", "no-batch"),
        ("DRY_RUN", "TRUE", "dry_run", True),
        ("TIMEZONE", "europe/vienna", "timezone", "Europe/Vienna"),
    ],
)
def test_the_case_of_a_value_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, attribute: str, setting_value: object
):
    monkeypatch.setenv(f"DIALLER_{name}", value)
    assert getattr(Settings(), attribute) == setting_value


def test_a_value_of_blanks_counts_as_unset(monkeypatch: pytest.MonkeyPatch):
    for name in ("BASE_URL", "TOKEN", "DATA_DIR", "ROLE"):
        monkeypatch.setenv(f"DIALLER_{name}", "  ")
    assert Settings() == Settings.model_construct()


PATHS = ("CA_FILE", "PROMPTS_DIR", "DATA_DIR", "AUDIT_DIR")


@pytest.mark.parametrize("name", PATHS)
def test_a_tilde_in_a_path_is_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(f"DIALLER_{name}", "~/dialler files")
    assert getattr(Settings(), name.lower()) == tmp_path / "dialler files"


@pytest.mark.parametrize("name", [*PATHS, "TOKEN_FILE"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("$HOME/x", "variables"),
        ("/srv/${NAME}/x", "variables"),
        ("$(pwd)/x", "variables"),
        (r"%APPDATA%\x", "variables"),
        ("relative/x", "whole path"),
        ("./x", "whole path"),
        pytest.param(
            "~nobody-of-this-name/x",
            "home directory is unknown",
            marks=pytest.mark.skipif(os.name != "posix", reason="Windows takes the home of a neighbour for it"),
        ),
    ],
)
def test_a_path_that_depends_on_the_host_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str):
    monkeypatch.setenv("DIALLER_BASE_URL", "https://d.example/rest/v1.0/1")
    if name != "TOKEN_FILE":
        monkeypatch.setenv("DIALLER_TOKEN", "t")
    monkeypatch.setenv(f"DIALLER_{name}", value)
    with pytest.raises(ValidationError) as error:
        Settings()
    sentence = setting_errors(error.value).en
    assert sentence.startswith(f"DIALLER_{name}: ")
    assert words in sentence
    assert value not in sentence


def test_a_dollar_that_names_no_variable_is_part_of_a_path(tmp_path: Path):
    assert Settings(data_dir=tmp_path / "c$" / "x").data_dir == tmp_path / "c$" / "x"


def test_a_sentence_on_settings_fits_a_form_too():
    text = titles_in_a_form("DIALLER_TOKEN is missing: set it, or DIALLER_TOKEN_FILE. DIALLER_TOKEN again.")
    assert text == 'In a form, DIALLER_TOKEN is "Token", DIALLER_TOKEN_FILE is "Token file".'
    assert titles_in_a_form("DIALLER_TIMEOUT and DIALLER_NOTHING") == ""


def test_every_setting_says_what_it_does():
    assert all(field.description for field in Settings.model_fields.values())


PLACE = "a directory"
VALUES = {
    "CA_FILE": PLACE,
    "ACCOUNT": "Eva",
    "ALLOW_HTTP": "1",
    "TIMEOUT": "12.5",
    "CONNECTIONS": "32",
    "TIMEZONE": "Europe/Vienna",
    "LANGUAGE": "de",
    "PRIVACY": "masked",
    "CONFIRMATION": "phrase",
    "ROLE": "agent",
    "TOOLS": "contacts,dialler_lock_contact",
    "WITHOUT": "dialler_get_contact",
    "READ_ONLY": "1",
    "DRY_RUN": "1",
    "CHANGES_PER_MINUTE": "3",
    "CHANGES_PER_HOUR": "4",
    "CHANGES_PER_DAY": "5",
    "ROWS_PER_DAY": "6",
    "JOB_RATE": "2.5",
    "BULK_DELETE": "1",
    "FILES": PLACE,
    "DESTRUCTIVE_PER_HOUR": "0",
    "DESTRUCTIVE_PER_DAY": "1",
    "LOOKUPS_PER_HOUR": "1",
    "PROMPTS_DIR": PLACE,
    "DATA_DIR": PLACE,
    "AUDIT": "1",
    "AUDIT_DIR": PLACE,
    "AUDIT_MEGABYTES": "20",
    "JOURNAL_DAYS": "30",
    "SNAPSHOT_HOURS": "2.5",
    "WRONG_PARTY": "FN",
    "AGENT_FIGURES": "0",
    "LOG_LEVEL": "INFO",
    "SANDBOX_RELEASE": "oldest",
    "SANDBOX_DATES": "utc",
    "SANDBOX_NO_MATCH": "empty",
    "SANDBOX_ERROR_BODY": "html",
    "SANDBOX_LISTS": "bare",
    "SANDBOX_FAULTS": "status=503",
}
"""A value for each setting that is no secret and no address."""


def test_every_setting_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    values = {name: str(tmp_path) if value is PLACE else value for name, value in VALUES.items()}
    for name, value in values.items():
        monkeypatch.setenv(f"DIALLER_{name}", value)
    settings = Settings()
    assert {name.upper() for name in Settings.model_fields} == set(values) | {
        "BASE_URL",
        "TOKEN",
        "TOKEN_FILE",
        "STATE_URL",
    }
    for name, value in values.items():
        setting_value = getattr(settings, name.lower())
        assert str(setting_value) == (str(value == "1") if isinstance(setting_value, bool) else value)
