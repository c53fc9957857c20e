"""JSON Schemas as a host gets them: every conversation pays for them, so they say what they must and no more."""

from typing import Any, cast


def outline(schema: dict[str, Any]) -> dict[str, Any]:
    """An output schema in few bytes: the properties that are always there, and the texts that lead to the next call.

    It is true, but it does not repeat what an answer shows, such as the type of the items of an array: every tool has
    an output schema, and few hosts show it to a model.
    """

    def kind(part: dict[str, Any]) -> dict[str, Any]:
        if "enum" in part:
            return {"enum": part["enum"]}
        if part["type"] == "array":  # VS Code refuses an array whose items are not described
            return {"type": "array", "items": {}}
        return {"type": part["type"]}

    required: list[str] = schema.get("required", [])
    kinds = {name: kind(part) for name, part in schema["properties"].items() if "type" in part}
    parts = {name: part for name, part in kinds.items() if name in required or part == {"type": "string"}}
    return {"type": "object", "properties": parts, "required": required}


_UNSAID = ("$defs", "title", "ge", "le", "maxLength", "maxItems")
"""What a schema leaves out: limits that matter are said in the descriptions, as hosts drop these, and all are checked.
`ge` and `le` are how pydantic writes a limit behind a validator; JSON Schema has no such words."""


def slim_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema without titles, limits, references and null alternatives: what remains says the same to a model."""
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
