"""One IBAN, account, telephone number and e-mail address, as people write them, and what to find them by."""

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from dialler_mcp.domain.fields import Kind

BETWEEN = (
    *("", " ", "-", "/", "_", ".", "  ", "\t", "\n", "\r\n"),
    *(
        "\u00a0",
        "\u202f",
        "\u2009",
        "\u200b",
        "\u2060",
        "\u00ad",
        "\ufeff",
        "\u2010",
        "\u2011",
        "\u2013",
        "\u2212",
        " / ",
    ),
    *("'", "\u2019", "+", "~", "=", ",", ":", "\u20e3"),
    *("&nbsp;", "&#160;", "%20", "%C2%A0", "\\u00a0", "\\n", "<br>", "<br />", "<b></b>", "&shy;", "&#x200B;"),
    *("%2520", "&amp;nbsp;", "%252520"),
)
"""What stands between the groups of a number."""
_WIDE = str.maketrans({character: chr(ord(character) + 0xFEE0) for character in "DE0123456789@+"})
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_CIRCLED = str.maketrans("0123456789", "⓿❶❷❸❹❺❻❼❽❾")
IBAN = ("DE02", "1203", "0000", "0000", "2020", "51")
ACCOUNT = ("532", "013", "000")
NUMBER = ("+49", "30", "2312", "5551", "4")
AT = (
    *("@", " @ ", "\u00a0@\u00a0", "\n@", "@\t", "\u200b@", "@\u00ad", "＠", "(at)", " (at) ", "[at]", "{at}", " at "),
    *("(ät)", "<at>"),
)


def numbers(groups: tuple[str, ...]) -> Iterator[str]:
    """A number in every spelling."""
    yield from (separator.join(groups) for separator in BETWEEN)
    yield from (" ".join(groups).translate(_WIDE), " ".join(groups).translate(_ARABIC), "".join(groups).lower())
    yield "".join(groups).translate(_CIRCLED)


IBANS = [
    *(*numbers(IBAN), "Konto" + "".join(IBAN), "IBAN:" + "".join(IBAN), "meine IBAN ist" + "_".join(IBAN)),
    *("D\u0415" + "".join(IBAN)[2:], "".join(IBAN)[2:], " ".join(IBAN)[2:]),  # a Cyrillic E; without its letters
]
ACCOUNTS = [
    *(f"Konto {spelled}" for spelled in numbers(ACCOUNT)),
    *(
        f"{name}{''.join(ACCOUNT)}"
        for name in (
            *("Konto", "Kto.-Nr.: ", "Kontonummer\u00a0", "Bankkonto_", "KTO/", "IBAN-", "Kontoverbindung: "),
            *("Bankverbindung ", "Konto bei der Sparkasse: ", "Konto (neu): ", "Konto-Nr 1: ", "Konto/BLZ ", "Konto „"),
            *("Account-No. ", "acct ", "a/c ", "Kont\u043e "),
        )
    ),
]
NUMBERS = [*numbers(NUMBER), "0049 (0)30 / 2312-5551-4", "Tel:030\u00a02312\u20115551\u20114", "(030) 2312 55514"]
ADDRESSES = [
    *(f"mark.mail{at}example{'.' if at != ' at ' else ' dot '}org" for at in AT),
    *(
        f"mark.mail{at}example.org"
        for at in (
            " @@ ",
            "%40",
            "&#64;",
            "&#x40;",
            "&commat;",
            "\\u0040",
            "<b>@</b>",
            "\u2018at\u2019",
            "(a)",
            "|at|",
            '"at"',
            "\\@",
            ":@:",
            "@\u0301",
        )
    ),
    *('"mark mail"@example.org', "mark!mail@example.org", "mark%mail@example.org", "mark#mail@example.org"),
    *("mark.mail«at»example.org", "mark.mail【at】example.org", "mark.mail（ａｔ）example.org"),
    *("mark.mai\u0301l@example.org", '"mark.mail"@example.org', "mark.mail ät example.org"),
    *("MARK.MAIL@EXAMPLE.ORG", "mailto:mark.mail@example.org", "<mark.mail@example.org>", "mark.mail+x@example"),
]
SPELLINGS = {Kind.BANK: [*IBANS, *ACCOUNTS], Kind.PHONE: NUMBERS, Kind.EMAIL: ADDRESSES}
MARKS = {
    Kind.BANK: re.compile("BANKMARK|02120300000000202051|532013000", re.IGNORECASE),
    Kind.PHONE: re.compile("2312555"),
    Kind.EMAIL: re.compile("markmail", re.IGNORECASE),
}


def letters_and_digits(text: str) -> str:
    """What is left of a text for somebody who looks for a value in it."""
    bare = re.sub(r"[<‹]/?br?\s?/?[>›]|\\n|\\u00a0", "", text.replace("\\u0040", "@"))
    plain_text = bare
    for _ in range(3):  # an escape may have been escaped itself
        plain_text = unquote(html.unescape(plain_text))
    plain = (str(unicodedata.digit(c)) if c.isdigit() else c for c in unicodedata.normalize("NFKD", plain_text))
    return "".join(filter(str.isalnum, plain))
