"""What of a person is shown at which level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import Privacy, hides, masked


@pytest.mark.parametrize(
    ("level", "hidden"),
    [
        (Privacy.full, set[Kind]()),
        (Privacy.bank, {Kind.BANK}),
        (Privacy.masked, {Kind.BANK, Kind.PHONE, Kind.EMAIL}),
    ],
)
def test_a_level_hides_these_kinds_and_no_others(level: Privacy, hidden: set[Kind]) -> None:
    assert {kind for kind in Kind if hides(level, kind)} == hidden


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("DE02120300000000202051", Kind.BANK, "…051"),
        ("BYLADEM1", Kind.BANK, "…EM1"),
        ("1234567", Kind.BANK, "…"),
        ("", Kind.BANK, "…"),
        ("493023125012", Kind.PHONE, "49302…012"),
        ("4930231", Kind.PHONE, "…"),
        ("493023125", Kind.PHONE, "…125"),
        ("k.muessig@example.org", Kind.EMAIL, "k…@example.org"),
        ("@example.org", Kind.EMAIL, "…@example.org"),
        ("a@b@example.org", Kind.EMAIL, "a…@example.org"),
        ("no address", Kind.EMAIL, "…ess"),
        ("x", Kind.EMAIL, "…"),
    ],
)
def test_a_mask_leaves_enough_to_recognise_and_too_little_to_use(text: str, kind: Kind, shown: str) -> None:
    assert masked(text, kind) == shown


@given(st.text(alphabet="0123456789", min_size=1, max_size=34), st.sampled_from([Kind.BANK, Kind.PHONE]))
def test_a_mask_never_shows_a_whole_number(text: str, kind: Kind) -> None:
    assert text not in masked(text, kind)
    assert len(masked(text, kind)) <= 9
