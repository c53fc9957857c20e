"""Invented people in Germany. None of them exists: numbers, IBANs and mail domains are reserved ones."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import PHONE_SLOTS, Contact
from dialler_mcp.sandbox.world import names
from dialler_mcp.sandbox.world.phones import Directory
from dialler_mcp.sandbox.world.plans import Plan

MAIL_DOMAINS = ("example.com", "example.org", "example.net")
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "ł": "l", "Đ": "D", "đ": "d"})


@dataclass
class Inventor:
    """Invents contacts one by one; the same `rng` invents the same people."""

    rng: Random
    directory: Directory
    now: datetime

    def contacts_of(self, plan: Plan) -> list[Contact]:
        """The contacts of a campaign, freshly imported."""
        return [self._contact(plan, number) for number in range(1, plan.size + 1)]

    def _contact(self, plan: Plan, number: int) -> Contact:
        contact_id = plan.first_contact_id + number - 1
        contact = Contact(
            id=contact_id,
            dialler_campaigns_id=plan.id,
            user_data=plan.user_data.format(number),
            client="Stadtwerke Musterstadt" if plan.sells else "Example Services Ltd.",
            service=plan.service,
            reference_number=f"R{contact_id * 7 % 1_000_000:06d}",
            random_sort_order=self.rng.randrange(1_000_000),
            dt_imported=self._import_time(plan),
            external_system_link=f"https://crm.example.com/contacts/{contact_id}",
        )
        for slot in PHONE_SLOTS:
            setattr(contact, f"n_tries_phone_number{slot}", 0)
        self._identify(contact, plan)
        place = self._settle(contact)
        self._reach(contact, place)
        self._bank(contact)
        self._remark(contact, plan)
        return contact

    def _import_time(self, plan: Plan) -> datetime:
        """On the evening before the campaign begins, or today for a campaign yet to come; as one batch job."""
        first_day = min(plan.from_day or 0, 0) - 1
        evening = datetime.combine(self.now.date() + timedelta(days=first_day), time(19, 30))
        return evening + timedelta(milliseconds=self.rng.randrange(240_000))

    def _identify(self, contact: Contact, plan: Plan) -> None:
        origin = self.rng.choices(names.ORIGINS, [origin.weight for origin in names.ORIGINS])[0]
        woman = self.rng.random() < 0.5
        contact.first_name = self.rng.choice(origin.women if woman else origin.men)
        contact.name = self.rng.choice(origin.surnames)
        contact.salutation = salutation(plan.language, woman=woman)
        if self.rng.random() < 0.03:
            contact.title = self.rng.choice(names.TITLES)
        if self.rng.random() < 0.22:
            contact.company = f"{contact.name} {self.rng.choice(names.TRADES)} {self.rng.choice(names.LEGAL_FORMS)}"
            contact.website = f"https://www.example.com/{_ascii(contact.name)}"

    def _settle(self, contact: Contact) -> names.Place:
        place = self.rng.choices(names.PLACES, [place.weight for place in names.PLACES])[0]
        contact.address = (
            f"{self.rng.choice(names.STREETS)} {self.rng.randrange(1, 140)}{self.rng.choice(' ' * 9 + 'a')}"
        )
        contact.address = contact.address.rstrip()
        contact.postal_code = self.rng.choice(place.postal_codes)
        contact.city = place.city
        contact.region = place.region if self.rng.random() < 0.7 else None
        contact.country = "Deutschland"
        return place

    def _reach(self, contact: Contact, place: names.Place) -> None:
        contact.phone_number1 = self.directory.landline(place.city)
        if self.rng.random() < 0.45:
            contact.phone_number2 = self.directory.mobile(place.city)
        if contact.company and self.rng.random() < 0.5:
            contact.phone_number3 = self.directory.landline(place.city)
            contact.fax_number = self.directory.landline(place.city)
        if self.rng.random() < 0.65:
            local_part = f"{_ascii(contact.first_name or '')}.{_ascii(contact.name or '')}"
            contact.email = f"{local_part}@{self.rng.choice(MAIL_DOMAINS)}"

    def _bank(self, contact: Contact) -> None:
        if self.rng.random() < 0.5:
            contact.amount = self.rng.randrange(500, 250_000) / 100
        if self.rng.random() < 0.7:
            return
        account = f"{self.rng.randrange(10**9):010d}"
        contact.account_owner = f"{contact.first_name} {contact.name}"
        contact.account_bank = self.rng.choice(names.BANKS)
        contact.account_national_bank_code = "00000000"
        contact.account_bic = "XXXXDE00XXX"
        contact.account_number = account
        contact.account_iban = f"DE0000000000{account}"  # check digits 00 are never valid

    def _remark(self, contact: Contact, plan: Plan) -> None:
        if self.rng.random() < 0.3:
            remarks = names.COMMENTS_EN if plan.language is Language.en else names.COMMENTS_DE
            contact.comment = self.rng.choice(remarks)
        if self.rng.random() < 0.2:
            contact.tag = self.rng.choice(names.TAGS)
        if self.rng.random() < 0.25:
            contact.manufacturer, contact.model = self.rng.choice(names.DEVICES)
        if self.rng.random() < 0.6:
            begin = date(self.now.year - self.rng.randrange(1, 9), self.rng.randrange(1, 13), 1)
            contact.dt_begin_date = datetime.combine(begin, time.min)
            contact.dt_end_date = datetime(self.now.year + self.rng.randrange(1, 3), begin.month, 1)


def salutation(language: Language, *, woman: bool) -> str:
    if language is Language.en:
        return "Mrs" if woman else "Mr"
    return "Frau" if woman else "Herr"


def _ascii(name: str) -> str:
    """The letters of a name as they stand in an address: `Nguyễn-Weiß` is `nguyen-weiss`."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_SPELLED))
    return "".join(letter for letter in plain if letter.isascii() and (letter.isalnum() or letter == "-"))
