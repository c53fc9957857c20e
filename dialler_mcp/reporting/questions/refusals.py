"""Why a question in SQL is not answered, and what to do: every sentence, in English and German."""

from dialler_mcp.words import Words

WHERE = Words(" (line {line}, column {column})", " (Zeile {line}, Spalte {column})")
NO_QUESTION = Words("There is no question: write one SELECT.", "Es gibt keine Frage: Schreiben Sie ein SELECT.")
ONE_STATEMENT = Words(
    "Only one statement at a time: ask with one SELECT.", "Nur eine Anweisung auf einmal: Fragen Sie mit einem SELECT."
)
NO_WRITING = Words(
    "Nothing can be written or set: ask with one SELECT.",
    "Es lässt sich nichts schreiben oder einstellen: Fragen Sie mit einem SELECT.",
)
ONLY_SELECT = Words("Only a SELECT is answered.", "Beantwortet wird nur ein SELECT.")
PIVOT = Words(
    "PIVOT needs its values: FROM (PIVOT … ON column IN ('a', 'b') USING count(*)).",
    "PIVOT braucht seine Werte: FROM (PIVOT … ON column IN ('a', 'b') USING count(*)).",
)
TOO_MANY_COLUMNS = Words(
    "More than {most} columns: select those that are needed.",
    "Mehr als {most} Spalten: Wählen Sie die aus, die gebraucht werden.",
)
TOO_MUCH_TEXT = Words(
    "The question is too long: at most {most} characters.", "Die Frage ist zu lang: höchstens {most} Zeichen."
)
NO_CHARACTER = Words(
    "The question contains a character that SQL does not have.", "Die Frage enthält ein Zeichen, das SQL nicht kennt."
)
TOO_MANY = Words(
    "Other questions are being answered: ask again in a moment, one question after the other.",
    "Gerade werden andere Fragen beantwortet: Fragen Sie gleich noch einmal, eine Frage nach der anderen.",
)
TOO_LONG = Words(
    "The question took too long and was ended: ask for less, e.g. filter by campaign_id, day or contact, join on IDs, "
    "no cross join.",
    "Die Frage dauerte zu lange und wurde beendet: Fragen Sie nach weniger, z. B. mit einem Filter nach campaign_id, "
    "day oder Kontakt, Verbindung über IDs, ohne CROSS JOIN.",
)
TOO_LARGE = Words(
    "The question needs too much memory and was ended: filter earlier, aggregate, select fewer columns, no large"
    " lists.",
    "Die Frage braucht zu viel Speicher und wurde beendet: früher filtern, zusammenfassen, weniger Spalten, keine "
    "großen Listen.",
)
TOO_DEEP = Words(
    "The question is nested too deeply: simplify it, e.g. IN (…) for many OR.",
    "Die Frage ist zu tief verschachtelt: Vereinfachen Sie sie, z. B. IN (…) statt vieler OR.",
)
NO_AGGREGATES = Words(
    "Aggregates cannot stand in WHERE: use HAVING, or FILTER (WHERE …).",
    "In WHERE kann kein Aggregat stehen: Nehmen Sie HAVING oder FILTER (WHERE …).",
)
NO_WINDOWS = Words(
    "Window functions cannot stand in WHERE: use QUALIFY.",
    "In WHERE kann keine Fensterfunktion stehen: Nehmen Sie QUALIFY.",
)
NOT_GROUPED = Words(
    "This column must stand in GROUP BY (or write GROUP BY ALL) or inside an aggregate, e.g. any_value(column).",
    "Diese Spalte muss in GROUP BY stehen (oder GROUP BY ALL) oder in einem Aggregat, z. B. any_value(column).",
)
SEVERAL_ROWS = Words(
    "A subquery used as one value gives several rows: use max() or IN.",
    "Eine Unterabfrage, die ein Wert sein soll, hat mehrere Zeilen: Nehmen Sie max() oder IN.",
)
UNEQUAL_PARTS = Words(
    "The parts of UNION, EXCEPT or INTERSECT must have equally many columns.",
    "Die Teile von UNION, EXCEPT oder INTERSECT müssen gleich viele Spalten haben.",
)
NO_TYPE = Words(
    "There is no such type: e.g. BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMP.",
    "Diesen Typ gibt es nicht: z. B. BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMP.",
)
NOT_CLOSED = Words(
    "A quote or bracket is not closed: check it.",
    "Ein Anführungszeichen oder eine Klammer ist nicht geschlossen: Prüfen Sie das.",
)
SYNTAX = Words(
    "This is no valid SQL (DuckDB's dialect): there is a syntax error, correct it and ask again.",
    "Das ist kein gültiges SQL (Dialekt von DuckDB): Es hat einen Syntaxfehler; berichtigen Sie ihn und fragen Sie noch"
    " einmal.",
)
WRONG_TYPE = Words(
    "A value cannot be taken as the type that is wanted, or is too large: use TRY_CAST.",
    "Ein Wert lässt sich nicht als der verlangte Typ lesen oder ist zu groß: Nehmen Sie TRY_CAST.",
)
NO_SUCH_NAME = Words(
    "This name stands for no view here: use the view or the alias that FROM gives it.",
    "Dieser Name steht hier für keine Sicht: Nehmen Sie die Sicht oder den Namen, den FROM ihr gibt.",
)
AMBIGUOUS = Words(
    "This column is in several of the views: write the view or its alias before it, e.g. c.contact_id.",
    "Diese Spalte gibt es in mehreren der Sichten: Schreiben Sie die Sicht oder ihren Namen davor, z. B. c.contact_id.",
)
WRONG_ARGUMENTS = Words(
    "The function does not take arguments of these types: cast them, e.g. x::DOUBLE. It takes {fitting}.",
    "Die Funktion nimmt keine Werte dieser Typen: Wandeln Sie sie um, z. B. x::DOUBLE. Sie nimmt {fitting}.",
)
NOT_ACCEPTED = Words(
    "DuckDB does not accept the question: {message}",
    "DuckDB nimmt die Frage nicht an: Ändern Sie sie; Sichten und Spalten nennt die Beschreibung der Daten. DuckDB sagt"
    " dazu auf Englisch: „{message}“",
)
HIDDEN = Words(
    "This column is hidden at the privacy level of this server (DIALLER_PRIVACY).",
    "Diese Spalte ist in der Datenschutzstufe dieses Servers verborgen (DIALLER_PRIVACY).",
)
NO_COLUMN = Words("There is no such column. {hint}", "Diese Spalte gibt es nicht. {hint}")
NEAREST = Words("Nearest: {names}.", "Ähnlich: {names}.")
COLUMNS = Words("The columns of {view} are: {names}.", "Die Spalten von {view} sind: {names}.")
TEXTS = Words(" A text stands between '…', not between \"…\".", " Ein Text steht zwischen '…', nicht zwischen \"…\".")
NO_PARAMETERS = Words(
    "There are no parameters: write the value into the question.",
    "Parameter gibt es nicht: Schreiben Sie den Wert in die Frage.",
)
NO_DESCRIBING = Words(
    "DESCRIBE, SUMMARIZE and SHOW are not there: the description of the data lists views and columns.",
    "DESCRIBE, SUMMARIZE und SHOW gibt es nicht: Sichten und Spalten nennt die Beschreibung der Daten.",
)
NOTHING_WRITTEN = Words(
    "Nothing can be written: ask with one SELECT.", "Es lässt sich nichts schreiben: Fragen Sie mit einem SELECT."
)
NOT_ALLOWED = Words("This part of SQL is not allowed here.", "Dieser Teil von SQL ist hier nicht erlaubt.")
OTHER_NAME = Words(
    "A WITH has the name of a part of DuckDB: give it another name.",
    "Ein WITH heißt wie ein Teil von DuckDB: Geben Sie ihm einen anderen Namen.",
)
BUILT_IN_TYPES = Words("Only the built-in types of SQL may be used.", "Erlaubt sind nur die eingebauten Typen von SQL.")
ONE_STATE = Words("The data has only one state: leave out AT.", "Die Daten haben nur einen Stand: Lassen Sie AT weg.")
NO_VIEW = Words(
    "There is no such view: FROM may name {views} and what WITH defines.",
    "Diese Sicht gibt es nicht: FROM darf {views} nennen und was WITH festlegt.",
)
MEANT = Words(" Did you mean {name}?", " Meinten Sie {name}?")
NOT_IN_FROM = Words(
    "This function is not allowed in FROM: there are only range, generate_series and unnest, and the views.",
    "Diese Funktion ist in FROM nicht erlaubt: Es gibt nur range, generate_series und unnest und die Sichten.",
)
NO_FUNCTION = Words("This function is not allowed. {hint}", "Diese Funktion ist nicht erlaubt. {hint}")
FUNCTIONS_LISTED = Words(
    "The description of the data names those that are.", "Die erlaubten nennt die Beschreibung der Daten."
)
