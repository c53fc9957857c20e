"""The campaigns of the sandbox: number of contacts, manner of dialling and period of each."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from dialler_mcp.domain.codes import LANGUAGE_IDS
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign
from dialler_mcp.sandbox.world.results import COMPLETED, WRONG_NUMBER, CampaignCode, codes_of

DIALLED_DAYS = 30
"""Days of calls that the sandbox starts with."""


@dataclass(frozen=True)
class Plan:
    """A campaign before it has an hour of its own: days count from the day on which the sandbox is filled.

    `user_data` is the pattern of its contacts' CRM keys; `max_tries` counts all numbers of a contact together.
    """

    id: int
    name: str
    size: int
    first_contact_id: int
    user_data: str
    first_code_id: int
    from_day: int | None
    to_day: int | None
    language: Language = Language.de
    sells: bool = True
    max_tries: int = 8
    service: str = "Strom"
    crm_key: str | None = None
    tests: bool = False

    @property
    def service_line(self) -> int:
        return self.id % 10

    def result_codes(self) -> list[CampaignCode]:
        return codes_of(self.id, self.first_code_id, sells=self.sells)

    def campaign(self, now: datetime, clients_id: int = 1) -> Campaign:
        ids = {code.export_key: code.id for code in self.result_codes()}
        return Campaign(
            id=self.id,
            name=self.name,
            clients_id=clients_id,
            user_data=self.crm_key,
            dt_from=_midnight(now, self.from_day),
            dt_to=_midnight(now, self.to_day),
            languages_id=LANGUAGE_IDS[self.language],
            contact_preview_time=5,
            n_max_parallel_lines=None,
            b_caller_id_active=self.sells,
            b_close_contacts_on_incoming_calls_match_caller_id=True,
            abort_on_no_tel_number_result_codes_id=ids[WRONG_NUMBER],
            incoming_call_result_codes_id=ids[COMPLETED],
        )


def _midnight(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else datetime.combine(now.date() + timedelta(days=days), time.min)


# 538, 215220, 2492 and 2494 are the IDs of the documented examples.
CAMPAIGN_1000 = Plan(538, "Campaign 1000", 420, 215211, "Contact{}", 2490, from_day=-45, to_day=None)
CAMPAIGN_1000_TEST = Plan(
    539, "Campaign 1000 Test", 12, 215700, "Test-{:04d}", 2530, from_day=-45, to_day=None, tests=True
)
WINBACK = Plan(
    542, "Winback Herbst/2020", 260, 216000, "WB-{:05d}", 2571, from_day=-75, to_day=-6, service="DSL", max_tries=6
)
HALF_PRICE = Plan(
    547, "50% & Co.", 180, 216500, "50P/{:04d}", 2612, from_day=-20, to_day=25, service="Gas", crm_key="AKTION-50"
)
CANCELLERS = Plan(
    551, "Kündiger-Rückgewinnung", 300, 217000, "KR-{:06d}", 2690, from_day=-120, to_day=None, service="Mobilfunk"
)
NPS = Plan(
    556,
    "Service NPS",
    240,
    217500,
    "NPS {:05d}",
    2805,
    from_day=-28,
    to_day=14,
    language=Language.en,
    sells=False,
    max_tries=5,
    service="Wartung",
)
RENEWAL = Plan(
    560, "Vertragsverlängerung Frühjahr", 90, 218000, "VV-{:05d}", 2850, from_day=10, to_day=70, service="Hausrat"
)

PLANS = (CAMPAIGN_1000, CAMPAIGN_1000_TEST, WINBACK, HALF_PRICE, CANCELLERS, NPS, RENEWAL)
