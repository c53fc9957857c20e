from datetime import datetime

from dialler_mcp.sandbox.world.plans import CAMPAIGN_1000, HALF_PRICE, NPS, PLANS, RENEWAL, WINBACK

FRIDAY = datetime(2026, 11, 20, 14, 0)


def test_days_count_from_the_day_of_filling_at_midnight():
    campaign = HALF_PRICE.campaign(FRIDAY)
    assert (campaign.dt_from, campaign.dt_to) == (datetime(2026, 10, 31), datetime(2026, 12, 15))
    assert CAMPAIGN_1000.campaign(FRIDAY).dt_to is None


def test_one_campaign_is_over_and_one_has_not_begun():
    over, to_come = WINBACK.campaign(FRIDAY).dt_to, RENEWAL.campaign(FRIDAY).dt_from
    assert over is not None
    assert to_come is not None
    assert over < FRIDAY < to_come


def test_a_campaign_speaks_its_language_and_names_its_own_codes():
    campaign, codes = NPS.campaign(FRIDAY), {code.id for code in NPS.result_codes()}
    assert campaign.languages_id != CAMPAIGN_1000.campaign(FRIDAY).languages_id
    assert {campaign.abort_on_no_tel_number_result_codes_id, campaign.incoming_call_result_codes_id} <= codes


def test_no_two_plans_share_an_id_a_name_or_a_code():
    assert len({plan.id for plan in PLANS}) == len({plan.name for plan in PLANS}) == len(PLANS)
    codes = [code.id for plan in PLANS for code in plan.result_codes()]
    assert len(set(codes)) == len(codes)
