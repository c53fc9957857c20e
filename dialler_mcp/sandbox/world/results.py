"""The result codes of a campaign: the same seven in each, under different IDs and partly different names."""

from typing import NamedTuple

import msgspec

from dialler_mcp.domain.codes import RESULT_TYPES
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import ResultCode
from dialler_mcp.words import Words

DONE, ABORT, DELAY, APPOINTMENT = RESULT_TYPES
"""The four types, by their DiallerResultCodesTypesID."""

NO_INTEREST, HANG_UP, WRONG_NUMBER = "KI", "Aufleger", "FN"
NOT_REACHED, COMPLETED, MEETING = "NE", "ABG", "TER"
MAX_TRIES = "Max Tries (Abort)"


class _Pattern(NamedTuple):
    export_key: str
    type_id: int
    words: Words
    time_offset: int | None = None
    agent_bound: bool | None = None
    allow_delete: bool = True


_PATTERNS = (
    _Pattern(NO_INTEREST, ABORT, Words("No interest", "Kein Interesse")),
    _Pattern(HANG_UP, ABORT, Words("Hung up", "Aufleger")),
    _Pattern(WRONG_NUMBER, ABORT, Words("Wrong number", "Falsche Nummer")),
    _Pattern(NOT_REACHED, DELAY, Words("Not reached / mailbox", "Nicht erreicht / Anrufbeantworter"), time_offset=240),
    _Pattern(COMPLETED, DONE, Words("Completed", "Abgeschlossen")),
    _Pattern(MEETING, APPOINTMENT, Words("Appointment", "Termin"), agent_bound=True),
    _Pattern(MAX_TRIES, ABORT, Words("Max Tries (Abort)", "Max Tries (Abort)"), allow_delete=False),
)
_SALE = Words("Sale", "Verkauf")


class CampaignCode(msgspec.Struct, frozen=True):
    """A result code as it is stored: one row with the words of both languages.

    `time_offset` is in minutes; `allow_delete` is false for the code that the dialler sets by itself.
    """

    id: int
    campaign_id: int
    export_key: str
    type_id: int
    en: str
    de: str
    time_offset: int | None
    agent_bound: bool | None
    allow_delete: bool

    def to_record(self, language: Language) -> ResultCode:
        """The row as the API shows it in one language."""
        kind = RESULT_TYPES[self.type_id]
        return ResultCode(
            id=self.id,
            dialler_campaigns_id=self.campaign_id,
            content=self.de if language is Language.de else self.en,
            export_key=self.export_key,
            dialler_result_codes_types_id=self.type_id,
            dialler_result_codes_types_content=kind.text(language),
            b_done=self.type_id == DONE,
            b_aborted=self.type_id == ABORT,
            b_delay=self.type_id == DELAY,
            b_appointment=self.type_id == APPOINTMENT,
            b_agent_bound=self.agent_bound,
            time_offset=self.time_offset,
            b_allow_delete=self.allow_delete,
            short_text=f"DiallerCampaignsResultCodes.{self.id}",
            dialler_result_codes_types_short_text=f"DiallerResultCodesTypes.{self.type_id}",
        )


def codes_of(campaign_id: int, first_id: int, *, sells: bool) -> list[CampaignCode]:
    """The seven codes of a campaign, numbered from `first_id`. A campaign that sells calls its success a sale."""
    return [
        CampaignCode(
            id=code_id,
            campaign_id=campaign_id,
            export_key=pattern.export_key,
            type_id=pattern.type_id,
            en=_SALE.en if sells and pattern.type_id == DONE else pattern.words.en,
            de=_SALE.de if sells and pattern.type_id == DONE else pattern.words.de,
            time_offset=pattern.time_offset,
            agent_bound=pattern.agent_bound,
            allow_delete=pattern.allow_delete,
        )
        for code_id, pattern in enumerate(_PATTERNS, first_id)
    ]
