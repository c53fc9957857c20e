"""The OpenAPI 3.1 document of the API, which its vendor does not publish.

What a function asks and answers is declared with it, the fields of a record in `domain/records.py`. Here stands only
the shape of envelopes and bodies.
"""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import cast

import msgspec

from dialler_mcp.domain.fields import FieldInfo, Record, Write
from dialler_mcp.domain.records import (
    PHONE_SLOTS,
    AcdEvent,
    Campaign,
    Contact,
    ContactDetails,
    HistoryEntry,
    ResultCode,
)
from dialler_mcp.sandbox.functions import EXAMPLES, ID, TEXT, TO_DELETE, Function, FunctionRoute, Query, Schema
from dialler_mcp.sandbox.wire import CODE_FIELDS, CONTACT_FIELDS, ROW_FIELDS

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", datetime: "string"}
_TIME = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?"
_CLEARABLE_TIME: Schema = {"pattern": f"^({_TIME})?$"}

_REFUSALS = {
    400: ("BadRequest", "Usually a required parameter is missing."),
    401: ("Unauthorized", "Token, ClientsID, or their combination is wrong."),
    404: ("NotFound", "There is no such object. Without a body: this release does not have the function."),
    409: ("Conflict", "It exists already, or another precondition is not met."),
    500: ("InternalServerError", "Internal error."),
}


def openapi_document(routes: Sequence[FunctionRoute]) -> Schema:
    """The document of these routes; where a function has a second path, the first one is the documented one."""
    paths: dict[str, Schema] = {}
    by_name = {route.name: route for route in reversed(routes)}
    for route in reversed(by_name.values()):
        operation = _operation(route, route.function)
        paths.setdefault(route.path_format, {})[route.function.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jtel Dialler REST API",
            "version": "1.0",
            "summary": "Contacts and campaigns of an outbound dialler, and the ACD beside it.",
            "description": (
                "Made from the embedded dialler of dialler-mcp, which plays the API as its documentation describes it."
                " No vendor's document: the vendor publishes none. Releases differ in the fields that they send,"
                " so a record may have more of them than stand here, or fewer."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/rest/v1.0/{ClientsID}", "variables": {"ClientsID": {"default": "1"}}}],
        "security": [{"token": []}],
        "tags": [{"name": "contacts"}, {"name": "campaigns"}, {"name": "acd"}],
        "paths": paths,
        "components": _components({kind for route in by_name.values() if (kind := route.function.answers)}),
    }


def _operation(route: FunctionRoute, function: Function) -> Schema:
    examples = TO_DELETE if function.method == "DELETE" else EXAMPLES
    queries = [*(Query(name, ID, "ID") for name in route.param_convertors), *function.query]
    area, family = route.path.split("/")[1:3]
    operation: Schema = {
        "operationId": route.name,
        "tags": ["acd" if area == "acd" else family],
        "summary": function.title,
        "description": function.note,
        "parameters": [
            {
                "name": query.name,
                "in": "path" if query.name in route.param_convertors else "query",
                "required": query.required,
                "schema": query.schema,
                "description": query.about,
                **_example(examples, query.name),
            }
            for query in queries
        ],
        "responses": _responses(function),
    }
    if function.body is not None:
        media = {"schema": _reference(function.body), **_example(examples, function.body)}
        operation["requestBody"] = {"required": True, "content": {"application/json": media}}
    return {name: value for name, value in operation.items() if value}


def _example(examples: Schema, name: str) -> Schema:
    return {"example": examples[name]} if name in examples else {}


def _responses(function: Function) -> Schema:
    refusals = {
        str(status): {"$ref": f"#/components/responses/{_REFUSALS[status][0]}"}
        for status in sorted({401, 500, *function.refuses})
    }
    return {"200": {"description": "OK", "content": _json(_envelope(function))}, **refusals}


def _envelope(function: Function) -> Schema:
    fields: Schema = {"status": {"const": 200}}
    if function.answers is not None:
        records = {"type": "array", "items": _reference(function.answers.__name__)}
        fields |= {"records": records, "count": {"type": "integer", "minimum": 0}}
    if function.order is not None:
        fields |= {
            "filter": {"type": "string"},
            "limitStart": {"type": "integer"},
            "limitPageSize": {"type": "integer", "description": "-1: all"},
            "orderBy": {"const": function.order},
            "ascending": {"type": "boolean"},
        }
    return {"type": "object", "properties": fields, "required": list(fields)}


def _reference(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _components(answers: Set[type[Record]]) -> Schema:
    """Everything that the operations refer to. A contact with its details has a schema of its own."""
    records = sorted(answers - {ContactDetails}, key=lambda record: record.__name__)
    error = {
        "type": "object",
        "properties": {"status": {"type": "integer"}, "error": {"type": "string", "description": "the reason"}},
        "required": ["status", "error"],
    }
    return {
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token from the jtel portal. It belongs to one ClientsID.",
            }
        },
        "responses": {
            name: {"description": about, "content": _json(_reference("Error"))} for name, about in _REFUSALS.values()
        },
        "schemas": {
            "Error": error,
            **{record.__name__: _record(record) for record in records},
            "ContactDetails": _details(),
            "BatchKeys": _batch(),
            "ContactImport": _contact_import(),
            "ContactUpdate": _contact_update(),
            "CampaignClone": _campaign_clone(),
            "AcdEventCreate": _acd_event(),
        },
    }


# Records


def _record(record: type[Record], only: Sequence[str] | None = None) -> Schema:
    """The schema of a record in an answer."""
    empty = record()
    fields = [info for info in record.fields() if only is None or info.wire in only]
    whole = [info.wire for info in fields if getattr(empty, info.attribute) == 0]
    return {
        "type": "object",
        "description": (record.__doc__ or "").partition("\n")[0],
        "properties": {info.wire: _field(info, nullable=info.wire not in whole) for info in fields},
        "required": whole,
    }


def _field(info: FieldInfo, *, nullable: bool = True) -> Schema:
    """A field with its meaning in both languages. No length, since stored values may be longer."""
    name = _TYPES[info.type]
    schema: Schema = {"type": [name, "null"] if nullable else name, "description": _meaning(info)}
    return schema | {"pattern": f"^{_TIME}$"} if info.type is datetime else schema


def _meaning(info: FieldInfo) -> str:
    return info.about.en if info.about.en == info.about.de else f"{info.about.en} (de: {info.about.de})"


def _details() -> Schema:
    """A contact of the batch function: its result is abbreviated, and a history row nests its call."""
    row = cast(Schema, _record(HistoryEntry)["properties"])
    call = {name: value for name, value in row.items() if name not in ROW_FIELDS and name not in CONTACT_FIELDS}
    number = {"type": ["integer", "null"]}
    entry = {
        "type": "object",
        "properties": {
            **{row_name: row[name] for name, row_name in ROW_FIELDS.items()},
            "StatisticsPartA": {"type": ["object", "null"], "properties": {"ID": number, **call}},
        },
    }
    result = _record(ResultCode, CODE_FIELDS)
    contact = _record(Contact)
    contact["description"] = (ContactDetails.__doc__ or "").partition("\n")[0]
    contact["properties"] |= {
        "DiallerCampaignsResultCodes": result | {"type": ["object", "null"]},
        "DiallerContactsHistory": {"type": "array", "items": entry},
    }
    return contact


# Bodies


def _written(record: type[Record], write: Write) -> Schema:
    """The fields that a function may write; null and "" clear one."""
    fields: Schema = {}
    for info in record.fields():
        if write & info.about.write:
            length = {} if info.about.length is None else {"maxLength": info.about.length}
            fields[info.wire] = _field(info) | length | (_CLEARABLE_TIME if info.type is datetime else {})
    return fields


def _one_of(*alternatives: Schema) -> list[Schema]:
    """At least one of these alternatives, each a set of fields that must not be empty."""
    return [{"required": list(fields), "properties": fields} for fields in alternatives]


def _contact_import() -> Schema:
    fields = _written(Contact, Write.IMPORT)
    fields["Name"] = fields["Name"] | {"type": "string", "minLength": 1}
    fields["DiallerCampaignsName"] = {"type": ["string", "null"], "description": "campaign name (de: Kampagnenname)"}
    return {
        "type": "object",
        "description": "A contact; with its campaign by ID or by name, and at least one phone number.",
        "properties": fields,
        "required": ["Name"],
        "allOf": [
            {"anyOf": _one_of({"DiallerCampaignsID": ID}, {"DiallerCampaignsName": TEXT})},
            {"anyOf": _one_of(*({f"PhoneNumber{slot}": TEXT} for slot in PHONE_SLOTS))},
        ],
    }


def _contact_update() -> Schema:
    return {
        "type": "object",
        "description": "The fields to change, with the ID or the UserData of the contact.",
        "properties": {"ID": {"type": ["integer", "null"]}, **_written(Contact, Write.UPDATE)},
        "anyOf": _one_of({"ID": ID}, {"UserData": TEXT}),
    }


def _campaign_clone() -> Schema:
    fields = Campaign.by_wire_name()
    name = TEXT | {"maxLength": fields["Name"].about.length}
    return {
        "type": "object",
        "properties": {
            "source": name | {"description": "name of the campaign to copy (de: Name der Vorlage)"},
            "destination": name | {"description": "name of the new campaign (de: Name der neuen Kampagne)"},
            "userData": _field(fields["UserData"]),
            "dtFrom": _field(fields["dtFrom"]) | _CLEARABLE_TIME,
            "dtTo": _field(fields["dtTo"]) | _CLEARABLE_TIME,
        },
        "required": ["source", "destination"],
    }


def _batch() -> Schema:
    lists = {
        "UserDataList": {"type": ["array", "null"], "items": {"type": "string"}},
        "IDList": {"type": ["array", "null"], "items": ID},
    }
    return {
        "type": "object",
        "properties": lists,
        "anyOf": _one_of(*({name: {"type": "array", "minItems": 1}} for name in lists)),
    }


def _acd_event() -> Schema:
    fields = _written(AcdEvent, Write.IMPORT)
    fields["AcdEventTypesID"] = fields["AcdEventTypesID"] | {"type": "integer"}
    for name in ("Sender", "Subject"):
        fields[name] = fields[name] | TEXT
    return {
        "type": "object",
        "description": "For an ACD group, or for a configuration group together with an agent group.",
        "properties": fields,
        "required": ["AcdEventTypesID", "Sender", "Subject"],
        "anyOf": _one_of({"AcdGroupsID": ID}, {"AcdConfigurationGroupsID": ID, "AcdAgentGroupsID": ID}),
    }


def encoded(document: Schema) -> bytes:
    """The document as it is served and as docs/ contains it."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
