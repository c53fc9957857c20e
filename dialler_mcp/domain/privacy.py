"""How much of a person is shown: the one place that masks values."""

from enum import StrEnum

from dialler_mcp.domain.fields import Kind


class Privacy(StrEnum):
    """What leaves the server: all, all but bank data, or names with masked numbers and addresses."""

    full = "full"
    bank = "bank"
    masked = "masked"


_MASKED = {
    Privacy.full: frozenset[Kind](),
    Privacy.bank: frozenset({Kind.BANK}),
    Privacy.masked: frozenset({Kind.BANK, Kind.PHONE, Kind.EMAIL}),
}


def hides(level: Privacy, kind: Kind) -> bool:
    """Whether values of this kind are masked at this level."""
    return kind in _MASKED[level]


def masked(text: str, kind: Kind) -> str:
    """What remains of a value: enough to recognise it, too little to use it."""
    if kind is Kind.EMAIL and "@" in text:
        name, _, domain = text.rpartition("@")
        return f"{name[:1]}…@{domain}"
    if kind is Kind.PHONE and len(text) >= 10:
        return f"{text[:5]}…{text[-3:]}"
    return f"…{text[-3:]}" if len(text) >= 8 else "…"
