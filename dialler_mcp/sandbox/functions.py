"""The documented functions as the sandbox plays them: each a method of its name, with what is documented of it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dialler_mcp.domain.fields import Record

Schema = dict[str, Any]
Handler = Callable[[Any, Request], Awaitable[Response]]
H = TypeVar("H", bound=Handler)

ID: Schema = {"type": "integer"}
TEXT: Schema = {"type": "string", "minLength": 1}


class Query(NamedTuple):
    """A parameter in the query."""

    name: str
    schema: Schema
    about: str
    required: bool = True


class Function(NamedTuple):
    """What is documented of a function.

    `answers`: the records of its answer; None: a status only. `order`: the field by which a function that retrieves
    everything orders them. `refuses`: the statuses that it has beside 200, 401 and 500. `body`: its schema. `also`: a
    second path, which other documents have.
    """

    method: str
    path: str
    title: str
    answers: type[Record] | None
    order: str | None
    refuses: tuple[int, ...]
    query: tuple[Query, ...]
    body: str | None
    note: str
    also: str | None


class FunctionRoute(Route):
    """The route of a function."""

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], name: str, function: Function):
        super().__init__(path, endpoint, methods=[function.method], name=name)
        self.function = function


class Functions:
    """The functions of one family: the methods of a class that this decorates."""

    def __init__(self) -> None:
        self._functions: dict[str, Function] = {}

    def __call__(
        self,
        method: str,
        path: str,
        title: str,
        *,
        answers: type[Record] | None = None,
        order: str | None = None,
        refuses: tuple[int, ...] = (),
        query: tuple[Query, ...] = (),
        body: str | None = None,
        note: str = "",
        also: str | None = None,
    ) -> Callable[[H], H]:
        """Declare a method as the function of its name; the parameters are those of `Function`."""

        def remember(handler: H) -> H:
            function = Function(method, path, title, answers, order, refuses, query, body, note, also)
            self._functions[handler.__name__] = function
            return handler

        return remember

    def routes(self, owner: object) -> list[FunctionRoute]:
        """The routes of the functions that `owner` has as methods; the documented path of each comes first."""
        return [
            FunctionRoute(path, getattr(owner, name), name, function)
            for name, function in self._functions.items()
            for path in (function.path, function.also)
            if path
        ]


USER_DATA = Query("userData", TEXT, "Key in the CRM, percent-encoded UTF-8; not unique (de: CRM-Schlüssel)")
LANGUAGE = Query("languagesID", {"type": "integer"}, "Language of the texts: 1 English, 2 German", required=False)
PART_OF_NAME = Query("name", TEXT, "Part of the name (de: Teil des Namens)")
ANY_OF_THEM = "Where several contacts share the key, nobody can foretell which one it is."

EXAMPLES: dict[str, Any] = {
    "diallerContactsID": 215220,
    "diallerCampaignsID": 538,
    "DiallerCampaignsID": 538,
    "AcdEventsID": 5001,
    "AcdGroupsID": 201,
    "userData": "Contact10",
    "name": "1000",
    "languagesID": 2,
    "ContactImport": {"DiallerCampaignsID": 538, "Name": "Beispiel", "PhoneNumber1": "493023125001"},
    "ContactUpdate": {"ID": 215220, "City": "Kiel", "dtBeginDate": "2027-01-01T00:00:00"},
    "BatchKeys": {"UserDataList": ["Kunde-4711"], "IDList": [215220]},
    "CampaignClone": {"source": "Campaign 1000", "destination": "Campaign 2000"},
    "AcdEventCreate": {"AcdEventTypesID": 3, "AcdGroupsID": 201, "Sender": "493023125001", "Subject": "Rückruf"},
}
TO_DELETE: dict[str, Any] = {
    "diallerContactsID": 215382,
    "DiallerCampaignsID": 539,
    "userData": "Contact61",
    "name": "50% & Co.",
}
"""Values that exist in the sandbox, as examples, by the name of a parameter or of a body."""
