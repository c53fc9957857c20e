"""Every setting: its name in the environment, its default, its unit, what it does."""

import zoneinfo
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy


class Confirmation(StrEnum):
    """How what destroys is confirmed. There is no `off`."""

    auto = "auto"
    phrase = "phrase"


class Settings(BaseSettings):
    """The settings, read from `DIALLER_*`. Nothing set means the embedded sandbox dialler with invented people."""

    model_config = SettingsConfigDict(env_prefix="DIALLER_", env_ignore_empty=True, extra="ignore", frozen=True)

    base_url: str | None = Field(
        default=None,
        description="Address of the dialler: https://host/rest/v1.0/{ClientsID}. Unset: the embedded sandbox.",
    )
    token: SecretStr | None = Field(
        default=None, description="Bearer token of the REST API, created in the jtel portal."
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
        description="How what destroys is confirmed: auto (as the client allows), phrase (always by sealed phrase).",
    )
    prompts_dir: Path | None = Field(
        default=None, description="Directory of your own prompt templates; each replaces ours."
    )
    data_dir: Path | None = Field(
        default=None, description="Where the sandbox keeps its file. Unset: the user's data directory."
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
    def _unset(cls, values: dict[str, object]) -> dict[str, object]:
        """A desktop bundle passes a value that was left empty as the text `${user_config.name}`."""
        return {k: v for k, v in values.items() if not (isinstance(v, str) and v.startswith("${user_config."))}

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            raise ValueError("is no known time zone; Europe/Berlin is one")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        if (self.base_url is None) != (self.token is None):
            missing = "DIALLER_TOKEN" if self.token is None else "DIALLER_BASE_URL"
            raise ValueError(f"{missing} is missing: set both for a real dialler, or neither for the sandbox")
        return self

    @property
    def is_sandbox(self) -> bool:
        return self.base_url is None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


def setting_errors(error: ValidationError) -> str:
    """What is wrong with which setting, in one line, without its value."""
    lines = [
        f"{'DIALLER_' + str(item['loc'][0]).upper() + ': ' if item['loc'] else ''}{item['msg']}"
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return "; ".join(lines).replace("Value error, ", "") + "."
