import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.sandbox.world.results import ABORT, APPOINTMENT, DELAY, DONE, MAX_TRIES, codes_of


def test_every_campaign_has_all_four_types_and_ids_in_a_row():
    codes = codes_of(538, 2490, sells=True)
    assert [code.id for code in codes] == list(range(2490, 2497))
    assert {code.type_id for code in codes} == {DONE, ABORT, DELAY, APPOINTMENT}
    assert {code.campaign_id for code in codes} == {538}


@pytest.mark.parametrize(("sells", "language", "words"), [
    (True, Language.de, "Verkauf"), (True, Language.en, "Sale"),
    (False, Language.de, "Abgeschlossen"), (False, Language.en, "Completed"),
])  # fmt: skip
def test_success_has_the_campaigns_own_word_in_both_languages(sells: bool, language: Language, words: str):
    (success,) = [code for code in codes_of(1, 1, sells=sells) if code.type_id == DONE]
    assert success.to_record(language).content == words


def test_a_record_carries_exactly_one_flag_and_the_name_of_its_type():
    for code in codes_of(1, 1, sells=True):
        record = code.to_record(Language.en)
        flags = (record.b_done, record.b_aborted, record.b_delay, record.b_appointment)
        assert sum(bool(flag) for flag in flags) == 1
        assert record.dialler_result_codes_types_id == code.type_id
        assert record.dialler_result_codes_types_content


def test_only_the_code_of_the_dialler_itself_cannot_be_deleted():
    keys = [code.export_key for code in codes_of(1, 1, sells=True) if not code.allow_delete]
    assert keys == [MAX_TRIES]
