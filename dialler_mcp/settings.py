"""Every setting: its name in the environment, its default, its unit, what it does.

A setting with a title is one that the form of a host asks for, under this title.
"""

import os
import re
import zoneinfo
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dialler_mcp import wrong_settings
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.roles import Role
from dialler_mcp.words import WrongValue
from dialler_mcp.wrong_settings import variable


class Confirmation(StrEnum):
    """How destructive changes are confirmed. There is no `off`."""

    auto = "auto"
    human = "human"
    phrase = "phrase"


class Settings(BaseSettings):
    """The settings, read from `DIALLER_*`. Without any, the embedded sandbox dialler with invented people is used."""

    model_config = SettingsConfigDict(
        env_prefix="DIALLER_", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment alone: no file that happens to lie where a host starts the server."""
        return init_settings, env_settings

    base_url: str | None = Field(
        title="Base URL",
        default=None,
        description="Address of the dialler: https://host/rest/v1.0/{ClientsID}. Unset: the embedded sandbox.",
    )
    token: SecretStr | None = Field(
        title="Token", default=None, description="Bearer token of the REST API, created in the jtel portal."
    )
    token_file: Path | None = Field(
        title="Token file",
        default=None,
        description="File whose first line is the token. Without it and DIALLER_TOKEN: the system's keychain.",
    )
    ca_file: Path | None = Field(
        title="Certificate authority", default=None, description="PEM file of a certificate authority of your own."
    )
    allow_http: bool = Field(
        default=False, description="Allow plain http to another machine: the token travels unencrypted."
    )
    timeout: float = Field(
        default=40.0, ge=1, le=300, description="Seconds that one request to the dialler may take, including retries."
    )
    connections: int = Field(
        default=8, ge=1, le=32, description="Maximum number of simultaneous connections to the dialler."
    )
    timezone: str = Field(
        title="Time zone of the dialler",
        default="Europe/Berlin",
        description="Time zone in which the dialler writes times that name no zone.",
    )
    language: Language = Field(
        title="Language",
        default=Language.en,
        description="Language of answers, errors, files and commands, en or de, unless an invocation names one.",
    )
    privacy: Privacy = Field(
        title="Privacy",
        default=Privacy.bank,
        description="What is masked: full (nothing), bank (bank data), masked (phone numbers and e-mail too).",
    )
    confirmation: Confirmation = Field(
        title="Confirmation",
        default=Confirmation.auto,
        description=(
            "How destructive changes are confirmed: auto (the client asks a person, else a sealed phrase), "
            "human (a person must answer), phrase (always the sealed phrase)."
        ),
    )
    role: Role = Field(
        title="Role",
        default=Role.admin,
        description="Role whose tools are offered: readonly, agent, supervisor or admin (all).",
    )
    tools: str = Field(
        default="",
        description="Offer only these tools and families, e.g. contacts,dialler_lock_contact. Unset: all.",
    )
    without: str = Field(
        default="", description="Do not offer these tools and families, e.g. campaigns,acd. Overrides all else."
    )
    read_only: bool = Field(
        title="Read only", default=False, description="Offer only tools that change nothing, whatever the role."
    )
    dry_run: bool = Field(
        default=False, description="Each change shows the request that it would send to the dialler, and sends nothing."
    )
    changes_per_minute: int = Field(
        default=30, ge=0, le=100_000, description="Maximum number of changes by one client within a minute."
    )
    changes_per_hour: int = Field(
        default=300, ge=0, le=100_000, description="Maximum number of changes by one client within an hour."
    )
    changes_per_day: int = Field(
        default=2000, ge=0, le=100_000, description="Maximum number of changes by one client within 24 hours."
    )
    rows_per_day: int = Field(
        default=10_000,
        ge=0,
        le=100_000_000,
        description="Maximum number of contacts that jobs of one client may change within 24 hours.",
    )
    job_rate: float = Field(
        default=100.0,
        gt=0,
        le=10_000,
        description="Maximum number of requests that a job sends to the dialler a second.",
    )
    bulk_delete: bool = Field(default=False, description="Whether many contacts may be deleted as one job.")
    destructive_per_hour: int = Field(
        default=20,
        ge=0,
        le=100_000,
        description="Maximum number of deletions and overwriting imports by one client within an hour.",
    )
    destructive_per_day: int = Field(
        default=100,
        ge=0,
        le=100_000,
        description="Maximum number of deletions and overwriting imports by one client within 24 hours.",
    )
    lookups_per_hour: int = Field(
        default=60,
        ge=0,
        le=100_000,
        description="Maximum number of masked phone numbers and addresses that one client may look up within an hour.",
    )
    account: str | None = Field(
        default=None,
        max_length=64,
        description="Name of the person at this machine, for journal and audit log. Unset: the account of the system.",
    )
    prompts_dir: Path | None = Field(
        default=None, description="Directory of your own prompt templates; each replaces the built-in one of its name."
    )
    data_dir: Path | None = Field(
        title="Folder for files",
        default=None,
        description="Directory of journal, snapshots and sandbox. Unset: the user's data directory.",
    )
    files: str = Field(
        title="Folder for lists",
        default="",
        description="Folders that lists of people may be read from, and files written to; several with : between them "
        "(; on Windows). Unset: none.",
    )
    audit: bool = Field(
        default=True,
        description="Keep an audit log of every invocation; nothing is changed while it cannot be written.",
    )
    audit_dir: Path | None = Field(
        default=None, description="Directory of the audit log. Unset: audit/ in the data directory."
    )
    audit_megabytes: int = Field(
        default=10, ge=1, le=1024, description="Size in megabytes at which the audit log starts a new file."
    )
    state_url: SecretStr | None = Field(
        default=None,
        description="Database of the journal: postgresql+psycopg://user@host/name. Unset: a file in the data folder.",
    )
    journal_days: int = Field(
        default=90, ge=1, le=36_500, description="Number of days for which the journal keeps a change."
    )
    snapshot_hours: float = Field(
        default=24.0,
        gt=0,
        le=8_760,
        description="Number of hours for which a snapshot, the local copy of a campaign for reports, is kept.",
    )
    wrong_party: str = Field(
        default="FN, Aufleger, Falsche Nummer, Wrong number, Hung up",
        description=(
            "Results, by name or export key, of calls that did not reach the right party, separated by commas; "
            "they do not count as right-party contacts."
        ),
    )
    agent_figures: bool = Field(
        default=True,
        description="Show figures by agent in reports, files, the live view and queries; false: to nobody.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING",
        description="Least severe level that is logged to stderr; values, tokens and URL queries never are.",
    )
    sandbox_release: Literal["current", "no-batch", "no-update-reset", "oldest"] = Field(
        default="current", description="Sandbox only: the release of the REST API that it imitates."
    )
    sandbox_dates: Literal["local", "offset", "utc"] = Field(
        default="local",
        description="Sandbox only: the form of its times: without a zone, with an offset, or UTC with Z.",
    )
    sandbox_no_match: Literal["404", "empty"] = Field(
        default="404", description="Sandbox only: its answer to a search without a match: 404 or an empty list."
    )
    sandbox_error_body: Literal["json", "empty", "html"] = Field(
        default="json", description="Sandbox only: the body of its 401 and 500 answers."
    )
    sandbox_lists: Literal["full", "bare"] = Field(
        default="full", description="Sandbox only: bare lists omit lock and current result, as old releases may."
    )
    sandbox_faults: str = Field(
        default="", description="Sandbox only: faults to simulate, e.g. latency=1.5 or status=503."
    )

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, values: dict[str, object]) -> dict[str, object]:
        """The values as we write them, and the token. What is left empty is unset: a form passes it as blanks, a
        desktop bundle as the text `${user_config.name}`.
        """
        texts = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        left_empty = {
            name
            for name, text in texts.items()
            if isinstance(text, str) and (text.startswith("${user_config.") or (values[name] and not text))
        }
        return _with_token({k: _in_our_case(cls, k, v) for k, v in texts.items() if k not in left_empty})

    @field_validator("token_file", "ca_file", "prompts_dir", "data_dir", "audit_dir")
    @classmethod
    def _whole_path(cls, value: Path | None) -> Path | None:
        return value and whole_path(value)

    @field_validator("files")
    @classmethod
    def _whole_paths(cls, value: str) -> str:
        return os.pathsep.join(str(whole_path(Path(part))) for part in value.split(os.pathsep) if part.strip())

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of `files`."""
        return tuple(Path(part) for part in self.files.split(os.pathsep) if part)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return _zones()[value.casefold()]
        except KeyError:
            raise WrongValue(wrong_settings.NO_ZONE) from None

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        if self.base_url is None and (self.token or self.token_file):
            raise WrongValue(wrong_settings.NO_ADDRESS)
        return self

    @property
    def directory(self) -> Path:
        """The directory of our files."""
        if self.data_dir is not None:
            return self.data_dir
        from platformdirs import user_data_path

        return user_data_path("dialler-mcp", appauthor=False)

    @property
    def snapshots_dir(self) -> Path:
        """The directory of the snapshots, the local copies of campaigns from which reports are made."""
        return self.directory / "snapshots"

    @property
    def is_sandbox(self) -> bool:
        return self.base_url is None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


def whole_path(path: Path) -> Path:
    """A path from a setting, with the home directory for `~`.

    Raises:
        ValueError: it names a variable, which no host fills in, or depends on where a host starts the server.
    """
    if _VARIABLE.search(str(path)):
        raise WrongValue(wrong_settings.VARIABLES)
    try:
        path = path.expanduser()
    except RuntimeError:
        raise WrongValue(wrong_settings.NO_HOME) from None
    if not path.is_absolute():
        raise WrongValue(wrong_settings.WHOLE_PATH)
    return path


_VARIABLE = re.compile(r"\$[\w{(]|%\w+%")


def _in_our_case(settings: type[BaseSettings], name: str, value: object) -> object:
    """One of the words that a setting may be, however it is written; anything else as it is."""
    if not isinstance(value, str) or name not in settings.model_fields:
        return value
    words = {str(word).casefold(): str(word) for word in choices_of(settings.model_fields[name])}
    return words.get(value.casefold(), value)


def choices_of(about: FieldInfo) -> list[str]:
    """The words that a setting may be; empty where it may be more."""
    kind: Any = about.annotation
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [str(value) for value in kind]
    return [str(value) for value in get_args(kind)] if get_origin(kind) is Literal else []


def _with_token(values: dict[str, object]) -> dict[str, object]:
    """The settings with the token of a real dialler, read from wherever it is kept."""
    base_url, token, token_file = (values.get(name) for name in ("base_url", "token", "token_file"))
    if token and token_file:
        raise WrongValue(wrong_settings.BOTH_TOKENS)
    if token or not isinstance(base_url, str):
        return values
    from dialler_mcp.credentials import find_token

    try:
        place = whole_path(Path(str(token_file))) if token_file else None
    except ValueError:  # said of the setting itself, when it is looked at
        return values
    return values | {"token": find_token(base_url, place)}


@cache
def _zones() -> dict[str, str]:
    """The names of all time zones, by their lower case. They are looked up once: that reads hundreds of files."""
    return {name.casefold(): name for name in zoneinfo.available_timezones()}


def unknown_settings() -> list[str]:
    """Names in the environment that look like settings but are none: a misspelt setting has no effect."""
    names = {variable(name) for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.upper().startswith("DIALLER_") and name.upper() not in names)


def titles_in_a_form(text: str) -> str:
    """What a form calls the settings that a text names: `In a form, DIALLER_TOKEN is "Token".` Empty where it has none
    of them.
    """
    titles = {variable(name): about.title for name, about in Settings.model_fields.items() if about.title}
    names = dict.fromkeys(re.findall(r"\bDIALLER_[A-Z_]+\b", text))
    phrases = [f'{name} is "{titles[name]}"' for name in names if name in titles]
    return f"In a form, {', '.join(phrases)}." if phrases else ""
