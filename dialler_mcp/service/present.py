"""Records as people and models read them: nothing empty, IDs with names, codes in words, bank data masked."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import datetime, tzinfo
from typing import Any, cast

import msgspec

from dialler_mcp.domain.codes import ATTEMPT, CAUSES, decode
from dialler_mcp.domain.contact_state import attempts, phone_slots, result_code_id, state_of
from dialler_mcp.domain.fields import Field, FieldInfo, Kind, Language, Record
from dialler_mcp.domain.privacy import Numbers, Privacy, hides, masked, masked_inside, numbers_in, readable
from dialler_mcp.domain.private_data import PHONE_DIGITS, may_hold_any
from dialler_mcp.domain.records import AcdEvent, Campaign, Contact, ResultCode
from dialler_mcp.domain.text import clean, link, part
from dialler_mcp.domain.times import shown
from dialler_mcp.domain.untrusted import Fence
from dialler_mcp.service.answers import SHORTER, bounded
from dialler_mcp.words import Words, number

MAX_TEXT = SHORTER[0]  # characters of one value of a record
MAX_ROW = 4_000  # bytes; longer ones get shorter cells
MAX_CELL = 120  # characters of one cell of a table
MAX_NUMBER = 40
MAX_OTHERS = 20
_CHARACTERS = Words("{count} characters", "{count} Zeichen")
_LAST, _INVALID = Words("last: {cause}", "zuletzt: {cause}"), Words("invalid", "ungültig")
# What names of fields tell that are not declared.
_TELLING = (
    (Kind.BANK, re.compile(r"account|iban|bic$|bank|konto|\bkto|blz|sepa|card", re.IGNORECASE)),
    (Kind.PHONE, re.compile("phone|fax|mobil|telefon|handy|rufnummer|msisdn|[ab]number$", re.IGNORECASE)),
    (Kind.EMAIL, re.compile("mail", re.IGNORECASE)),
)


_SEARCHED = {
    info.attribute: numbers_in(info.about.kind)
    for info in Contact.fields()
    if info.wire in ("FirstName", "Name", "Company", "City", "UserData", "UserData2", "UserData3", "ReferenceNumber")
}


def _kind_by_name(name: str) -> Kind:
    """What a field that nobody declared holds, at worst."""
    return next((kind for kind, telling in _TELLING if telling.search(name)), Kind.FREE)


def undeclared(name: str, value: object) -> FieldInfo:
    """A name of the API itself, e.g. `destination`; unless it tells otherwise, it holds nothing to hide."""
    kind = _kind_by_name(name)
    return FieldInfo(name, name, type(value), Field("", "", kind=Kind.PLAIN if kind is Kind.FREE else kind))


def _is_long_number(name: str, value: object) -> bool:
    """Whether a value of a field that nobody declared may be a telephone number, as a number."""
    number = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return number and abs(int(cast(float, value))) >= 10 ** (PHONE_DIGITS - 1) and not name.casefold().endswith("id")


def _kind(kind: Kind, text: str) -> Kind:
    """A sender is a number or an address."""
    return Kind.EMAIL if kind is Kind.PHONE and "@" in text else kind


@dataclass(frozen=True)
class Presenter:
    """How values are shown, under one privacy level, in one zone and one language."""

    zone: tzinfo
    privacy: Privacy = Privacy.bank
    fence: Fence = dataclass_field(default_factory=Fence)
    key: bytes = dataclass_field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    """What pseudonyms are made with: drawn anew in every process."""
    language: Language = Language.en

    def value(self, info: FieldInfo, value: Any, longest: int = MAX_TEXT) -> Any:
        """One field as a JSON scalar."""
        if isinstance(value, datetime):
            moment = shown(value, self.zone)
            day, _, time = moment.partition(" ")
            return day if info.wire.endswith("Date") and time.startswith("00:00") else moment
        if not isinstance(value, str):
            return "…" if hides(self.privacy, info.about.kind) else value
        kind = info.about.kind
        text = link(value) if kind is Kind.LINK else clean(value)
        if hides(self.privacy, kind):
            return masked(text, _kind(kind, text), self.key)
        text = masked_inside(text, self.privacy, self.key, numbers_in(kind))  # people use the wrong fields, too
        if len(text) > longest:
            count = _CHARACTERS.text(self.language).format(count=number(len(text), self.language))
            text = f"{text[:longest]}… ({count})"
        return self.fence.around(text) if kind is Kind.FREE and text else text

    def text(self, text: str | None, numbers: Numbers = Numbers.all) -> str:
        """A text that is no field by itself: a part of a name, of a label, of a sentence."""
        return readable(text or "", self.privacy, self.key, numbers)

    def user_data(self, key: str | None) -> str:
        """A CRM key."""
        return self.text(key, Numbers.sure)

    def is_masked(self, info: FieldInfo, value: object) -> bool:
        """Whether a value of a field is masked, or something in it."""
        if not isinstance(value, str) or not value:
            return False
        return hides(self.privacy, info.about.kind) or self.text(value, numbers_in(info.about.kind)) != clean(value)

    def is_masked_key(self, key: str) -> bool:
        """Whether a CRM key holds what is masked, so that it must not be had piece by piece or guess by guess."""
        return self.nameless.user_data(key) != clean(key)

    def speaking(self, language: Language) -> "Presenter":
        """The same in this language."""
        return self if language is self.language else replace(self, language=language)

    @property
    def nameless(self) -> "Presenter":
        """The same without pseudonyms: for what must read the same in every process, and for values that a caller gave,
        whose pseudonyms would tell what other records hold.
        """
        return replace(self, key=b"")

    def searchable(self, contact: Contact) -> Contact:
        """A contact as a search by parts may see it: what is masked in its names and keys is no longer there. The same
        object where nothing is.
        """
        texts = {name: text for name in _SEARCHED if (text := getattr(contact, name))}
        if self.privacy is Privacy.full or not may_hold_any(" ".join(texts.values())):
            return contact
        readable = {name: self.nameless.text(text, _SEARCHED[name]) for name, text in texts.items()}
        masks = {name: text for name, text in readable.items() if text != clean(texts[name])}
        return msgspec.structs.replace(contact, **masks) if masks else contact

    def record(self, record: Record) -> dict[str, Any]:
        """The fields of a record that hold something, without the dialler's own bookkeeping."""

        def shown(longest: int) -> dict[str, Any]:
            return {
                info.wire: self.value(info, value, longest)
                for info, value in record.present()
                if info.about.kind is not Kind.CONTROL and value != 0
            } | self._other(record, min(longest, MAX_CELL))

        return bounded(shown)

    def _other(self, record: Record, longest: int) -> dict[str, Any]:
        """What the dialler sent beyond the declared fields, as far as it is a plain value that says something.

        Nobody knows what it means: its text is foreign, and its name has to tell whether it must be masked.
        """
        plain = {k: v for k, v in record.other.items() if isinstance(v, str | int | float) and v not in ("", 0, False)}
        fields = (
            (
                FieldInfo(name, self.text(name)[:64], type(value), Field("", "", kind=_kind_by_name(name))),
                str(value) if _is_long_number(name, value) and hides(self.privacy, Kind.PHONE) else value,
            )
            for name, value in list(plain.items())[:MAX_OTHERS]
        )
        return {info.wire: self.value(info, value, longest) for info, value in fields}

    def sent(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a request, by their names on the wire: those of fields of records, which say what to mask."""
        fields = {**AcdEvent.by_wire_name(), **Contact.by_wire_name()}

        def shown(longest: int) -> dict[str, Any]:
            return {
                name: self.value(fields.get(name) or undeclared(name, value), value, longest) if value != "" else ""
                for name, value in values.items()
            }

        return bounded(shown)

    def number(self, digits: str) -> str:
        """A telephone number."""
        if hides(self.privacy, Kind.PHONE):
            return masked(digits, Kind.PHONE, self.key)
        return self.text(digits)[:MAX_NUMBER]


@dataclass(frozen=True)
class ContactView:
    """A contact with the names that belong to its IDs."""

    contact: Contact
    campaign: Campaign | None
    codes: Mapping[int, ResultCode]
    language: Language
    present: Presenter

    @property
    def code(self) -> ResultCode | None:
        return self.codes.get(result_code_id(self.contact) or 0)

    def name(self) -> str:
        """Title, first and last name, or the company."""
        contact, text = self.contact, self.present.text
        parts = (contact.title, contact.first_name, contact.name)
        person = " ".join(text(each) for each in parts if each and each.strip())
        return (person or text(contact.company))[:MAX_CELL]

    def label(self) -> str:
        """How a person would point at this contact: `Contact10 · Mustermann · Campaign 1000`. It is kept, and read in
        every process, so it holds no pseudonym.
        """
        contact, present = self.contact, self.present.nameless
        key = part(present.user_data(contact.user_data)) or str(contact.id)
        campaign_id = contact.dialler_campaigns_id
        place = self.campaign.name if self.campaign else f"campaign {campaign_id}" if campaign_id else None
        return label_of(key, part(present.text(contact.name)) or present.text(contact.company), place)

    def result(self) -> str | None:
        code_id = result_code_id(self.contact)
        return result_name(self.code, code_id)

    def computed(self) -> dict[str, Any]:
        """What we say about a contact beside its own fields; empty values included."""
        contact = self.contact
        return {
            "name": self.name(),
            "campaign": campaign_name(self.campaign, contact.dialler_campaigns_id),
            "state": state_of(contact, self.code).text(self.language),
            "result": self.result(),
            "attempts": attempts(contact),
            "next_try": self._time(contact.dt_next_try),
            "follow_up": self._time(contact.follow_up_date_time),
            "locked": True if contact.b_locked else None,
        }

    def row(self, columns: list[str]) -> list[Any]:
        """The cells of a table row; a column is a computed one or one of the dialler's fields."""
        return bounded(lambda longest: self._row(columns, min(longest, MAX_CELL)), MAX_ROW)

    def _row(self, columns: list[str], longest: int) -> list[Any]:
        values, present = self.computed(), self.present.speaking(self.language)
        fields = self.contact.by_wire_name()
        cells: list[Any] = []
        for column in columns:
            if column in values:
                value = values[column]
                cells.append(value[:longest] if isinstance(value, str) else value)
                continue
            value = getattr(self.contact, fields[column].attribute)
            empty = value is None or value is msgspec.UNSET or value is False or value in ("", 0)
            cells.append(None if empty else present.value(fields[column], value, longest))
        return cells

    def status(self) -> dict[str, Any]:
        """What a lock, a reset or a result changes."""
        names = ("state", "result", "attempts", "next_try", "follow_up", "locked")
        return {name: value for name, value in self.computed().items() if name in names and value not in (None, "", 0)}

    def full(self) -> dict[str, Any]:
        """All that is known: the dialler's own fields, with its bookkeeping in words."""
        record = self.present.speaking(self.language).record(self.contact)
        for name in ("DiallerCampaignsID", "DiallerCampaignsResultCodesID", "dtNextTry", "FollowUpDateTime", "bLocked"):
            record.pop(name, None)
        record |= self.numbers()
        values = {name: value for name, value in self.computed().items() if value not in (None, "", 0)}
        values.pop("name", None)
        return record | values

    def first_number(self) -> str | None:
        """The first telephone number that is not marked invalid."""
        valid = (slot.number for slot in phone_slots(self.contact) if not slot.invalid)
        return next(map(self.present.number, valid), None)

    def numbers(self) -> dict[str, str]:
        """The telephone numbers by field, each with what the dialler noted about it."""
        numbers = dict[str, str]()
        for slot in phone_slots(self.contact):
            cause = decode(CAUSES, slot.last_cause or None, self.language)
            remarks = [
                *([ATTEMPT.counted(slot.tries, self.language)] if slot.tries else []),
                *([_LAST.text(self.language).format(cause=cause)] if cause else []),
                *([_INVALID.text(self.language)] if slot.invalid else []),
            ]
            number = self.present.number(slot.number)
            numbers[f"PhoneNumber{slot.slot}"] = f"{number} ({', '.join(remarks)})" if remarks else number
        return numbers

    def _time(self, value: datetime | None) -> str | None:
        return shown(value, self.present.zone) if value else None


def label_shown(label: str, present: Presenter) -> str:
    """A label that was kept, perhaps when less was masked: the key of a record, then whatever points at it."""
    key, *others = clean(label).split(" · ")
    return " · ".join([present.nameless.user_data(key), *map(present.nameless.text, others)])


def label_of(*parts: str | None) -> str:
    """A label of these parts, each on its own unable to pretend to be several."""
    return " · ".join(words[:40].strip() for each in parts if (words := part(each or "")))


def campaign_name(campaign: Campaign | None, campaign_id: int | None) -> str | None:
    """A campaign's name with its ID."""
    if campaign is None:
        return str(campaign_id) if campaign_id else None
    return f"{clean(campaign.name or '')[:MAX_CELL]} ({campaign.id})"


def result_name(code: ResultCode | None, code_id: int | None) -> str | None:
    """A result's name; the ID where the name is not known."""
    if code is None:
        return str(code_id) if code_id else None
    return clean(code.content or code.export_key or str(code.id))[:MAX_CELL]
