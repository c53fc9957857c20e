"""The parts of invented people: names, places, companies, remarks."""

from typing import NamedTuple


class Origin(NamedTuple):
    """First names of women and men, and surnames, that go together."""

    weight: int
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Neither Müller nor Mustermann: these two belong to the fixed points alone.
_GERMAN = Origin(
    66,
    _words(
        "Anna Anke Barbara Birgit Brigitte Carolin Christa Claudia Dörte Elke Emma Frauke Gabriele Hannah Heike Ingrid "
        "Jana Julia Karin Katharina Käthe Lena Leonie Maike Margarete Marie Martina Monika Nadine Petra Renate Sabine "
        "Sigrid Silke Sophie Stefanie Susanne Ulrike Ursula Ute Yvonne"
    ),
    _words(
        "Achim Alex Andreas Bernd Björn Christian Daniel Dieter Dirk Felix Florian Frank Günther Hans Heinz Holger "
        "Jan Jens Jörg Jürgen Karl Klaus Lars Leon Lukas Manfred Markus Matthias Max Michael Norbert Olaf Peter Ralf "
        "Rüdiger Sebastian Stefan Sven Thomas Thorsten Uwe Volker Werner Wolfgang"
    ),
    _words(
        "Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf "
        "Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Werner Krause Lehmann Köhler Maier "
        "Herrmann König Walter Huber Kaiser Fuchs Scholz Lang Weiß Jung Hahn Vogel Friedrich Keller Günther Frank "
        "Berger Winkler Roth Beck Lorenz Baumann Franke Böhm Ludwig Voß Jäger Groß Straßburger Überschär "
        "Grünwald Vogt Stein Haas Sommer Brandt Schreiber Seidel Kühn Pohl Horn Busch Bergmann Thomas Pfeiffer Arnold"
    ),
)
_FOREIGN = (
    Origin(
        9,
        _words("Ayşe Elif Fatma Zeynep Gülsüm Esra Merve Selin"),
        _words("Mehmet Mustafa Emre Can Murat Ömer Serkan Yusuf"),
        _words("Yılmaz Kaya Demir Şahin Çelik Öztürk Arslan Doğan Aydın Koç"),
    ),
    Origin(
        7,
        _words("Agnieszka Małgorzata Ewa Zofia Katarzyna Joanna"),
        _words("Piotr Krzysztof Tomasz Paweł Wojciech Łukasz"),
        _words("Nowak Kowalczyk Wiśniewski Wójcik Lewandowski Zieliński Woźniak Szymański"),
    ),
    Origin(
        3,
        _words("Thị-Lan Hương Linh Mai Thu-Trang"),
        _words("Văn-Minh Tuấn Hùng Đức Quang"),
        _words("Nguyễn Trần Lê Phạm Hoàng Vũ"),
    ),
    Origin(
        5,
        _words("Amina Fatima Layla Nour Yasmin Rania"),
        _words("Ahmad Omar Khalid Hassan Yousef Tariq"),
        _words("Al-Masri Haddad El-Sayed Khoury Mansour Ben-Ali Al-Khatib"),
    ),
    Origin(
        5,
        _words("Giulia Francesca Chiara Martina Lucia"),
        _words("Giuseppe Marco Antonio Luca Salvatore"),
        _words("Rossi Esposito Bianchi Romano D’Angelo Ricci Greco"),
    ),
    Origin(
        3,
        _words("Olena Iryna Natalia Oksana Svetlana"),
        _words("Andrii Oleksandr Dmytro Serhii Viktor"),
        _words("Shevchenko Kovalenko Petrenko Bondarenko Ivanova"),
    ),
    Origin(
        2, _words("Emily Grace Sarah Charlotte"), _words("James Oliver Liam Harry"), _words("Smith O’Connor Taylor")
    ),
)
ORIGINS = (_GERMAN, *_FOREIGN)


class Place(NamedTuple):
    city: str
    region: str
    weight: int
    postal_codes: tuple[str, ...]


PLACES = (
    Place("Berlin", "Berlin", 14, _words("10115 10245 10405 10585 10719 10965 12043 12163 13086 13347")),
    Place("Hamburg", "Hamburg", 12, _words("20095 20144 20253 20357 21073 22041 22303 22525 22765")),
    Place("München", "Bayern", 12, _words("80331 80469 80538 80634 80797 81241 81369 81541 81667")),
    Place("Köln", "Nordrhein-Westfalen", 11, _words("50667 50733 50823 50931 51063 51103 51149")),
    Place("Frankfurt am Main", "Hessen", 11, _words("60311 60316 60385 60486 60594 65929")),
    Place("Stuttgart", "Baden-Württemberg", 5, _words("70173 70197 70372 70565")),
    Place("Düsseldorf", "Nordrhein-Westfalen", 5, _words("40210 40470 40589 40625")),
    Place("Leipzig", "Sachsen", 4, _words("04103 04177 04229 04315")),
    Place("Dresden", "Sachsen", 4, _words("01067 01099 01277 01309")),
    Place("Hannover", "Niedersachsen", 4, _words("30159 30449 30625 30659")),
    Place("Nürnberg", "Bayern", 3, _words("90402 90443 90459 90489")),
    Place("Bremen", "Bremen", 3, _words("28195 28203 28359 28717")),
    Place("Freiburg im Breisgau", "Baden-Württemberg", 2, _words("79098 79102 79115")),
    Place("Rostock", "Mecklenburg-Vorpommern", 2, _words("18055 18057 18147")),
    Place("Kiel", "Schleswig-Holstein", 2, _words("24103 24114 24148")),
    Place("Erfurt", "Thüringen", 2, _words("99084 99089 99096")),
    Place("Mainz", "Rheinland-Pfalz", 2, _words("55116 55122 55131")),
    Place("Saarbrücken", "Saarland", 1, _words("66111 66117 66123")),
    Place("Görlitz", "Sachsen", 1, _words("02826 02827 02828")),
)

STREETS = (
    *_words("Hauptstraße Bahnhofstraße Gartenstraße Schulstraße Lindenallee Goethestraße Schillerstraße Ringstraße"),
    *_words("Bergstraße Mozartweg Kirchgasse Mühlenweg Feldstraße Birkenweg Beethovenplatz Kastanienallee Rosenweg"),
    *("Am Markt", "An der Alten Försterei", "Straße des Friedens", "Zum Grünen Grund", "Große Bleichen"),
)

TRADES = ("Haustechnik", "Logistik", "Bau", "Elektro", "Bäckerei", "Pflegedienst", "Autohaus", "Software", "Gartenbau")
LEGAL_FORMS = ("GmbH", "GmbH & Co. KG", "AG", "e. K.", "UG (haftungsbeschränkt)", "OHG")
BANKS = ("Sparkasse Musterstadt", "Volksbank Beispiel eG", "Musterbank AG", "Beispielbank", "Erste Fantasiebank")
DEVICES = (("Musterwerk", "M-200"), ("Beispiel Technik", "Therm 4"), ("Fantasia", "Box 7590"), ("Nordlicht", "NL 12"))
SERVICES = ("DSL", "Strom", "Gas", "Mobilfunk", "Wartung", "Hausrat")
TAGS = ("VIP", "Newsletter", "Messe", "Altkunde", "B2B", "DSGVO-OK", "hot", "Nachfassen")
TITLES = ("Dr.", "Prof. Dr.", "Dipl.-Ing.")

COMMENTS_DE = (
    "Möchte erst nach 17 Uhr angerufen werden.",
    "Kunde seit 2011, zuletzt Beschwerde über die Rechnung; bitte freundlich ansprechen.",
    "Hat im Frühjahr gekündigt, Grund: Preis.",
    "Spricht lieber mit Frau Berger.",
    "Interessiert sich für den Tarif „Komfort“, Unterlagen per E-Mail erbeten.",
    "Nur mobil erreichbar; Festnetz ist das Büro der Tochter.",
    "Rückruf wegen Vertragsverlängerung zugesagt.",
    "Achtung: zwei Zähler im Haus (Nr. 4 und 4a).",
    "Entscheidung trifft der Ehemann / die Ehefrau.",
    "Werbewiderspruch geprüft am Monatsanfang: liegt nicht vor.",
)
COMMENTS_EN = (
    "Prefers to be called in the morning.",
    "Asked for a written offer first.",
    "Speaks English and Turkish, little German.",
    "Has two contracts; the older one ends this year.",
    "Was very satisfied with the last service visit.",
    "Please mention the loyalty bonus.",
)
