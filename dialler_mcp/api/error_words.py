"""What the errors between us and a dialler say, and what to do about each: a sentence, and a hint."""

from dialler_mcp.words import Words

AGAIN = Words("Try again.", "Versuchen Sie es noch einmal.")
NEWER_RELEASE = Words(
    "It needs a newer release of the jtel REST API.", "Sie braucht ein neueres Release der jtel-REST-API."
)
OF_FUNCTION = Words("{function}: {what}", "{function}: {what}")
SAYS = Words("The dialler says: {reason}.", "Der Dialler sagt: {reason}.")
DIALLER_ERROR = Words(
    "The dialler could not be used.",
    "Der Dialler kann nicht verwendet werden.",
)
BAD_ADDRESS = (
    Words(
        "The address of the dialler cannot be used.",
        "Die Adresse des Diallers ist nicht verwendbar.",
    ),
    Words(
        "Check DIALLER_BASE_URL and DIALLER_TOKEN.",
        "Prüfen Sie DIALLER_BASE_URL und DIALLER_TOKEN.",
    ),
)
BAD_ENVIRONMENT = (
    Words(
        "The proxy or the certificates named in the environment cannot be used.",
        "Proxy oder Zertifikate aus der Umgebung sind nicht verwendbar.",
    ),
    Words(
        "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY must be an http:// address (SOCKS is not supported; NO_PROXY names "
        "hosts that need no proxy), and SSL_CERT_FILE, if set, a file of certificates.",
        "HTTPS_PROXY, HTTP_PROXY oder ALL_PROXY muss eine Adresse mit http:// sein (kein SOCKS; NO_PROXY nennt Hosts "
        "ohne Proxy), und SSL_CERT_FILE, wenn gesetzt, eine Datei mit Zertifikaten.",
    ),
)
UNREACHABLE = (
    Words(
        "The dialler cannot be reached.",
        "Der Dialler ist nicht erreichbar.",
    ),
    Words(
        "Check DIALLER_BASE_URL, the network and the certificate (DIALLER_CA_FILE), then try again.",
        "Prüfen Sie DIALLER_BASE_URL, das Netz und das Zertifikat (DIALLER_CA_FILE), und versuchen Sie es noch einmal.",
    ),
)
UNKNOWN_HOST = (
    Words(
        "The dialler cannot be reached: its host name is unknown (DNS).",
        "Der Dialler ist nicht erreichbar: Sein Name ist nicht bekannt (DNS).",
    ),
    Words(
        "Check the host in DIALLER_BASE_URL; perhaps a VPN is missing, or a proxy (HTTPS_PROXY).",
        "Prüfen Sie den Host in DIALLER_BASE_URL; vielleicht fehlt ein VPN oder ein Proxy (HTTPS_PROXY).",
    ),
)
CONNECTION_REFUSED = (
    Words(
        "The dialler cannot be reached: the connection was not accepted.",
        "Der Dialler ist nicht erreichbar: Die Verbindung wurde abgewiesen.",
    ),
    Words(
        "Check host and port in DIALLER_BASE_URL, whether the dialler is running, and any firewall in between.",
        "Prüfen Sie Host und Port in DIALLER_BASE_URL, ob der Dialler läuft, und die Firewall dazwischen.",
    ),
)
NO_CONNECTION = (
    Words(
        "The dialler cannot be reached: nobody answered in time.",
        "Der Dialler ist nicht erreichbar: Niemand hat rechtzeitig geantwortet.",
    ),
    Words(
        "Check host and port in DIALLER_BASE_URL, the VPN, and any firewall in between.",
        "Prüfen Sie Host und Port in DIALLER_BASE_URL, das VPN und die Firewall dazwischen.",
    ),
)
NOT_TRUSTED = (
    Words(
        "The connection is not safe: the dialler's certificate is not trusted.",
        "Die Verbindung ist nicht sicher: Dem Zertifikat des Diallers wird nicht vertraut.",
    ),
    Words(
        "For your own certificate authority set DIALLER_CA_FILE to its PEM file. A certificate that is expired or for "
        "another name must be renewed on the dialler; the check cannot be switched off.",
        "Für eine eigene Zertifizierungsstelle setzen Sie DIALLER_CA_FILE auf ihre PEM-Datei. Ein abgelaufenes "
        "Zertifikat, oder eines für einen anderen Namen, muss am Dialler erneuert werden; die Prüfung lässt sich "
        "nicht abschalten.",
    ),
)
PROXY_FAILED = (
    Words(
        "The dialler cannot be reached: a proxy in between did not let the connection through.",
        "Der Dialler ist nicht erreichbar: Ein Proxy dazwischen hat die Verbindung abgewiesen.",
    ),
    Words(
        "Check HTTPS_PROXY, HTTP_PROXY and the credentials they need, or name the dialler's host in NO_PROXY.",
        "Prüfen Sie HTTPS_PROXY und HTTP_PROXY und die Anmeldung, die er verlangt, oder nennen Sie den Host des "
        "Diallers in NO_PROXY.",
    ),
)
TOO_SLOW = (
    Words(
        "The dialler did not answer in time.",
        "Der Dialler hat nicht rechtzeitig geantwortet.",
    ),
    Words(
        "Nothing was changed. Try again, or ask for less (one campaign, one contact).",
        "Es wurde nichts geändert. Versuchen Sie es noch einmal, oder verlangen Sie weniger (eine Kampagne, einen "
        "Kontakt).",
    ),
)
OUTCOME_UNKNOWN = (
    Words(
        "It is unknown whether the change took effect: it was sent, but no answer came back.",
        "Ob die Änderung gewirkt hat, ist nicht bekannt: Sie wurde gesendet, aber keine Antwort kam zurück.",
    ),
    Words(
        "Do not repeat it yet. Read the record first to see whether the change is there.",
        "Wiederholen Sie sie noch nicht. Lesen Sie erst den Datensatz, um zu sehen, ob die Änderung da ist.",
    ),
)
REFUSED = Words(
    "The dialler rejected the request.",
    "Der Dialler hat die Anfrage abgelehnt.",
)
BAD_REQUEST = (
    Words(
        "The dialler rejected the request as wrong (400).",
        "Der Dialler hat die Anfrage als falsch abgelehnt (400).",
    ),
    Words(
        "Usually a required value is missing or has the wrong form. Nothing was changed.",
        "Meist fehlt ein nötiger Wert, oder er hat die falsche Form. Es wurde nichts geändert.",
    ),
)
UNAUTHORIZED = (
    Words(
        "The dialler did not accept the token (401).",
        "Der Dialler hat das Token nicht angenommen (401).",
    ),
    Words(
        "Token, ClientsID in the base URL, or their combination is wrong, or the token was replaced. Create a token "
        "in the jtel portal and set DIALLER_TOKEN.",
        "Token, ClientsID in der Adresse oder beides zusammen ist falsch, oder das Token wurde ersetzt. Legen Sie im "
        "jtel-Portal ein Token an, und setzen Sie DIALLER_TOKEN.",
    ),
)
NOT_FOUND = (
    Words(
        "There is no such object (404).",
        "Das gibt es nicht (404).",
    ),
    Words(
        "Check the ID or name; list or search first.",
        "Prüfen Sie die ID oder den Namen; sehen Sie in der Liste nach, oder suchen Sie.",
    ),
)
FUNCTION_MISSING = Words(
    "This release of the dialler does not have this function.",
    "Dieses Release des Diallers hat diese Funktion nicht.",
)
PROXY_REFUSED = Words(
    "A proxy in between rejected the request (407).",
    "Ein Proxy dazwischen hat die Anfrage abgewiesen (407).",
)
FORBIDDEN = (
    Words(
        "This is not allowed (403).",
        "Das ist nicht erlaubt (403).",
    ),
    Words(
        "The token has no right to do it, or a gateway before the dialler blocks it. Nothing was changed; ask whoever "
        "administers the jtel portal.",
        "Das Token hat dieses Recht nicht, oder ein Gateway vor dem Dialler verbietet es. Es wurde nichts geändert; "
        "fragen Sie, wer das jtel-Portal verwaltet.",
    ),
)
TOO_MANY = (
    Words(
        "The dialler, or a gateway before it, wants fewer requests (429).",
        "Der Dialler, oder ein Gateway vor ihm, will weniger Anfragen (429).",
    ),
    Words(
        "Nothing was changed. Wait a minute, then try again.",
        "Es wurde nichts geändert. Warten Sie eine Minute, und versuchen Sie es noch einmal.",
    ),
)
CONFLICT = (
    Words(
        "The dialler reports a conflict (409).",
        "Der Dialler meldet einen Konflikt (409).",
    ),
    Words(
        "Something of that name exists already, or a precondition is not met. Nothing was changed.",
        "Etwas mit diesem Namen gibt es schon, oder eine Voraussetzung fehlt. Es wurde nichts geändert.",
    ),
)
SERVER_FAULT = (
    Words(
        "The dialler failed internally.",
        "Der Dialler meldet einen inneren Fehler.",
    ),
    Words(
        "Try again later; if it fails again, give the time and the function to jtel support.",
        "Versuchen Sie es später noch einmal; scheitert es wieder, nennen Sie dem jtel-Support Zeit und Funktion.",
    ),
)
UNEXPECTED_STATUS = (
    Words(
        "The dialler answered with an unexpected status.",
        "Der Dialler hat mit einem unerwarteten Status geantwortet.",
    ),
    Words(
        "Check that DIALLER_BASE_URL is https://host/rest/v1.0/{ClientsID}.",
        "Prüfen Sie, ob DIALLER_BASE_URL https://host/rest/v1.0/{ClientsID} ist.",
    ),
)
UNREADABLE_ANSWER = (
    Words(
        "The answer does not come from a dialler.",
        "Die Antwort stammt nicht von einem Dialler.",
    ),
    Words(
        "Check DIALLER_BASE_URL and any proxy in between; then try again.",
        "Prüfen Sie DIALLER_BASE_URL und den Proxy dazwischen, und versuchen Sie es noch einmal.",
    ),
)
NOT_DIALLER = (
    Words(
        "Something else than the dialler answered (404).",
        "Etwas anderes als der Dialler hat geantwortet (404).",
    ),
    Words(
        "DIALLER_BASE_URL must be https://host/rest/v1.0/{ClientsID}; check it and any proxy in between.",
        "DIALLER_BASE_URL muss https://host/rest/v1.0/{ClientsID} sein; prüfen Sie diese Adresse und den Proxy "
        "dazwischen.",
    ),
)
NOT_JSON = Words(
    "The answer is not readable JSON.",
    "Die Antwort ist kein lesbares JSON.",
)
NO_RECORDS = Words(
    "The answer holds no list of records.",
    "Die Antwort enthält keine Liste von Datensätzen.",
)
OTHER_RECORD = (
    Words(
        "The dialler answered with another record than the one that was asked for.",
        "Der Dialler hat mit einem anderen Datensatz geantwortet als dem verlangten.",
    ),
    Words(
        "It was not used. Try again; if it happens again, a gateway in between may mix answers up.",
        "Er wurde nicht verwendet. Versuchen Sie es noch einmal; kommt es wieder vor, vertauscht vielleicht ein "
        "Gateway dazwischen Antworten.",
    ),
)
PART_OF_RECORDS = Words(
    "The part that arrived was not used. Try again.",
    "Der Teil, der ankam, wurde nicht verwendet. Versuchen Sie es noch einmal.",
)
TOO_LARGE = Words(
    "The answer is larger than that of any dialler.",
    "Die Antwort ist größer als die eines Diallers.",
)
_NO_AUTHORITY = Words("its authority is not known", "seine Zertifizierungsstelle ist nicht bekannt")
CERTIFICATE = {
    10: Words("it has expired", "es ist abgelaufen"),
    18: Words("it is self-signed", "es ist selbst unterschrieben"),
    19: _NO_AUTHORITY,
    20: _NO_AUTHORITY,
    21: _NO_AUTHORITY,
    62: Words("it is for another name", "es gilt für einen anderen Namen"),
    64: Words("it is for another address", "es gilt für eine andere Adresse"),
}
"""What OpenSSL says about a certificate, by its X509_V_ERR_* number."""
BECAUSE = Words(
    "The connection is not safe: the dialler's certificate is not trusted ({why}).",
    "Die Verbindung ist nicht sicher: Dem Zertifikat des Diallers wird nicht vertraut ({why}).",
)
NO_TLS = Words(
    "The connection is not safe: what answers there does not speak TLS.",
    "Die Verbindung ist nicht sicher: Was dort antwortet, spricht kein TLS.",
)
