"""Every setting: its name in the environment, its default, its unit, what it does."""

import os
import zoneinfo
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.roles import Role


class Confirmation(StrEnum):
    """How what destroys is confirmed. There is no `off`."""

    auto = "auto"
    human = "human"
    phrase = "phrase"


class Settings(BaseSettings):
    """The settings, read from `DIALLER_*`. Nothing set means the embedded sandbox dialler with invented people."""

    model_config = SettingsConfigDict(
        env_prefix="DIALLER_", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    base_url: str | None = Field(
        default=None,
        description="Address of the dialler: https://host/rest/v1.0/{ClientsID}. Unset: the embedded sandbox.",
    )
    token: SecretStr | None = Field(
        default=None, description="Bearer token of the REST API, created in the jtel portal."
    )
    token_file: Path | None = Field(
        default=None,
        description="File whose first line is the token. With neither this nor the token: the system's keychain.",
    )
    ca_file: Path | None = Field(default=None, description="PEM file of a certificate authority of your own.")
    allow_http: bool = Field(
        default=False, description="Allow plain http to another machine: the token travels unencrypted."
    )
    timeout: float = Field(
        default=40.0, ge=1, le=300, description="Longest time for one call to the dialler in all, seconds."
    )
    connections: int = Field(default=8, ge=1, le=32, description="Most connections to the dialler at the same time.")
    timezone: str = Field(
        default="Europe/Berlin", description="Time zone of the dialler, for its times without a zone."
    )
    language: Language = Field(
        default=Language.en, description="Language of what people read, unless a call asks: en or de."
    )
    privacy: Privacy = Field(
        default=Privacy.bank,
        description="What is masked: full (nothing), bank (bank data), masked (phone numbers and e-mail too).",
    )
    confirmation: Confirmation = Field(
        default=Confirmation.auto,
        description=(
            "How what destroys is confirmed: auto (a question of the client, else a sealed phrase), "
            "human (a person must answer), phrase (always the phrase)."
        ),
    )
    role: Role = Field(
        default=Role.admin, description="Whose tools there are: readonly, agent, supervisor or admin (all)."
    )
    tools: str = Field(
        default="",
        description="Only these tools and families, with commas, e.g. contacts,dialler_lock_contact. Unset: all.",
    )
    without: str = Field(
        default="", description="Not these tools and families, with commas, e.g. campaigns. Wins over all else."
    )
    read_only: bool = Field(default=False, description="Only tools that change nothing, whatever the role.")
    dry_run: bool = Field(
        default=False, description="Every change answers what it would have sent to the dialler, and sends nothing."
    )
    changes_per_minute: int = Field(
        default=30, ge=0, le=100_000, description="Most changes of one client within a minute."
    )
    changes_per_hour: int = Field(
        default=300, ge=0, le=100_000, description="Most changes of one client within an hour."
    )
    changes_per_day: int = Field(
        default=2000, ge=0, le=100_000, description="Most changes of one client within 24 hours."
    )
    destructive_per_hour: int = Field(
        default=20, ge=0, le=100_000, description="Most deletions and overwriting imports of one client within an hour."
    )
    destructive_per_day: int = Field(
        default=100,
        ge=0,
        le=100_000,
        description="Most deletions and overwriting imports of one client within 24 hours.",
    )
    prompts_dir: Path | None = Field(
        default=None, description="Directory of your own prompt templates; each replaces ours."
    )
    data_dir: Path | None = Field(
        default=None, description="Where journal and sandbox keep their files. Unset: the user's data directory."
    )
    audit: bool = Field(
        default=True, description="Keep an audit log of every call; while it cannot be written, nothing is changed."
    )
    audit_dir: Path | None = Field(
        default=None, description="Where the audit log lies. Unset: audit/ beside the sandbox's file."
    )
    audit_megabytes: int = Field(
        default=10, ge=1, le=1024, description="Size at which the audit log begins another file, megabytes."
    )
    state_url: SecretStr | None = Field(
        default=None,
        description="Database of the journal: postgresql+psycopg://user@host/name. Unset: a file in the data folder.",
    )
    journal_days: int = Field(default=90, ge=1, le=36_500, description="How long the journal keeps a change, days.")
    snapshot_hours: float = Field(
        default=24.0,
        gt=0,
        le=8_760,
        description="How long the local copy of a campaign that reports are made from is kept, hours.",
    )
    wrong_party: str = Field(
        default="FN, Aufleger, Falsche Nummer, Wrong number, Hung up",
        description=(
            "Names or export keys of results that no right party stands behind, with commas; for right-party contacts."
        ),
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="What is logged to stderr; never a value, a token or a URL's query."
    )
    sandbox_release: Literal["current", "no-batch", "no-update-reset", "oldest"] = Field(
        default="current", description="Sandbox only: which release of the REST API it plays."
    )
    sandbox_dates: Literal["local", "offset", "utc"] = Field(
        default="local", description="Sandbox only: how it writes times: without zone, with offset, or as UTC with Z."
    )
    sandbox_no_match: Literal["404", "empty"] = Field(
        default="404", description="Sandbox only: how it answers a search without match: 404 or an empty list."
    )
    sandbox_error_body: Literal["json", "empty", "html"] = Field(
        default="json", description="Sandbox only: what stands in the body of a 401 or 500."
    )
    sandbox_lists: Literal["full", "bare"] = Field(
        default="full", description="Sandbox only: bare hides lock and current result in lists, as old releases may."
    )
    sandbox_faults: str = Field(default="", description="Sandbox only: faults to play, e.g. latency=1.5 or status=503.")

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: dict[str, object]) -> dict[str, object]:
        """A desktop bundle passes a value that was left empty as the text `${user_config.name}`."""
        left_empty = {k for k, v in values.items() if isinstance(v, str) and v.startswith("${user_config.")}
        return _with_token({k: v for k, v in values.items() if k not in left_empty})

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError("is no known time zone; Europe/Berlin is one")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        if self.base_url is None and (self.token or self.token_file):
            raise ValueError("DIALLER_BASE_URL is missing: set it for a real dialler, or no token for the sandbox")
        return self

    @property
    def directory(self) -> Path:
        """Where our files lie."""
        if self.data_dir is not None:
            return self.data_dir
        from platformdirs import user_data_path

        return user_data_path("dialler-mcp", appauthor=False)

    @property
    def snapshots_dir(self) -> Path:
        """Where the local copies of campaigns lie that reports are made from."""
        return self.directory / "snapshots"

    @property
    def is_sandbox(self) -> bool:
        return self.base_url is None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


def _with_token(values: dict[str, object]) -> dict[str, object]:
    """The settings, with the token of a real dialler from where it is kept."""
    base_url, token, token_file = (values.get(name) for name in ("base_url", "token", "token_file"))
    if token and token_file:
        raise ValueError("DIALLER_TOKEN and DIALLER_TOKEN_FILE are both set: keep one of them")
    if token or not isinstance(base_url, str):
        return values
    from dialler_mcp.credentials import find_token

    return values | {"token": find_token(base_url, Path(str(token_file)) if token_file else None)}


@cache
def _zones() -> frozenset[str]:
    """The names of all time zones. They are looked up once: that reads hundreds of files."""
    return frozenset(zoneinfo.available_timezones())


def unknown_settings() -> list[str]:
    """The names in the environment that look like settings and are none: misspelt, they count for nothing."""
    known = {f"DIALLER_{name}".upper() for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.upper().startswith("DIALLER_") and name.upper() not in known)


def setting_errors(error: ValidationError) -> str:
    """What is wrong with which setting, in one line, without its value."""
    lines = [
        f"{'DIALLER_' + str(item['loc'][0]).upper() + ': ' if item['loc'] else ''}{item['msg']}"
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return "; ".join(lines).replace("Value error, ", "") + "."
