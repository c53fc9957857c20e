"""JSON Schemas as hosts get them. They cost tokens in every conversation, so they are kept short."""

from typing import Any, cast


def outline(schema: dict[str, Any]) -> dict[str, Any]:
    """A short output schema: the properties that are always there, and the texts that lead to the next invocation.

    It is correct, but leaves out what an answer shows anyway, such as the type of an array's items: every tool has an
    output schema, and few hosts show it to a model.
    """

    def kind(part: dict[str, Any]) -> dict[str, Any]:
        if "enum" in part:
            return {"enum": part["enum"]}
        if part["type"] == "array":  # VS Code refuses an array whose items are not described
            return {"type": "array", "items": {}}
        return {"type": part["type"]}

    names: list[str] = schema.get("required", [])
    kinds = {name: kind(part) for name, part in schema["properties"].items() if "type" in part}
    parts = {name: part for name, part in kinds.items() if name in names or part == {"type": "string"}}
    return {"type": "object", "properties": parts, "required": names}


_UNSAID = ("$defs", "title", "ge", "le", "maxLength", "maxItems")
"""The keywords that are left out of a schema. Limits that matter are in the descriptions, since hosts drop keywords;
all limits are checked in any case. `ge` and `le` are what pydantic writes for a limit behind a validator; they are no
keywords of JSON Schema."""


def slim_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema without titles, limits, references and null alternatives, which tell a model nothing."""
    definitions = cast(dict[str, Any], schema.get("$defs", {}))

    def slim(node: Any) -> Any:
        if isinstance(node, list):
            return [slim(part) for part in cast(list[Any], node)]
        if not isinstance(node, dict):
            return node
        parts = cast(dict[str, Any], node)
        if "$ref" in parts:
            rest = {key: value for key, value in parts.items() if key != "$ref"}
            return slim({**definitions[parts["$ref"].rpartition("/")[2]], **rest})
        options = [option for option in parts.get("anyOf", ()) if option != {"type": "null"}]
        if len(options) == 1:
            rest = {key: value for key, value in parts.items() if key != "anyOf"}
            return slim({**options[0], **rest})
        result: dict[str, Any] = {}
        for key, value in parts.items():
            if key in _UNSAID or (key == "default" and value is None):
                continue
            if key == "properties":
                result[key] = {name: slim(part) for name, part in value.items()}
            elif not (key == "additionalProperties" and value is True):
                result[key] = slim(value)
        return result

    return slim(schema)
