"""Why an export is refused, in both languages."""

from dialler_mcp.words import Words

NO_FOLDERS = Words(
    "No folder is allowed for files on this server, so nothing was written. Ask whoever runs it to allow one "
    "(DIALLER_FILES).",
    "Auf diesem Server ist kein Ordner für Dateien erlaubt, also wurde nichts geschrieben. Wer ihn betreibt, muss "
    "einen erlauben (DIALLER_FILES).",
)
UNWRITTEN = Words(
    "Nothing was written: the file cannot be written ({why}). Mend that, then try again.",
    "Nichts geschrieben: Die Datei lässt sich nicht schreiben ({why}). Beheben Sie das, dann versuchen Sie es erneut.",
)
ELSEWHERE = Words(
    "Nothing was written: give a path in an allowed folder: {allowed}.",
    "Nichts geschrieben: Geben Sie einen Pfad in einem erlaubten Ordner an: {allowed}.",
)
NO_FOLDER = Words(
    "Nothing was written: there is no such folder. Make it, or leave out path.",
    "Nichts geschrieben: Diesen Ordner gibt es nicht. Legen Sie ihn an, oder lassen Sie path weg.",
)
THERE = Words(
    "Nothing was written: there is a file of this name already. Give another name, or leave out path.",
    "Nichts geschrieben: Eine Datei dieses Namens gibt es schon. Geben Sie einen anderen Namen an, oder lassen Sie "
    "path weg.",
)
ENDING = Words(
    "Nothing was written: the name of a file of this format ends in {ending}.",
    "Nichts geschrieben: Der Name einer Datei dieses Formats endet auf {ending}.",
)
TOO_MANY = Words(
    "Nothing was written: the answer has more than {most} rows. Filter or aggregate, or export contacts or calls "
    "whole.",
    "Nichts geschrieben: Die Antwort hat mehr als {most} Zeilen. Filtern oder verdichten Sie, oder exportieren Sie "
    "Kontakte oder Anrufe ganz.",
)
