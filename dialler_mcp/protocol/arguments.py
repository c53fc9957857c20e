"""The arguments of an invocation as hosts really send them."""

from collections.abc import Collection
from typing import Any

from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata

ADDED_BY_HOSTS = frozenset(("toolCallId",))
"""What hosts add to the arguments by themselves: n8n adds the ID that its model gave the invocation."""


class KeepsEmpty:
    """Marks a parameter that is written into a record: an empty text empties the field. For other parameters it means
    not given, as null does.
    """


def _in_plural(values: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """The arguments by the parameters that they mean: where a tool takes several, `name` is one of `names`."""
    singular = {name: f"{name}s" for name in values if name not in fields and f"{name}s" in fields}
    plurals = {name: plural for name, plural in singular.items() if values.get(plural) in (None, "")}
    rest = {name: value for name, value in values.items() if name not in plurals}
    return rest | {plural: values[name] for name, plural in plurals.items()}


class Arguments(FuncMetadata):
    """How a tool reads its arguments: an optional one that is null or an empty text is not given, and text stays text.

    The SDK parses text as JSON wherever a parameter may also be null, so it would take the text `"null"` for null and
    `"[1]"` for a list. Some hosts send lists, numbers and flags as JSON text; these are still parsed.
    """

    texts: frozenset[str] = frozenset()
    """The parameters that take text alone."""

    def pre_parse_json(self, data: dict[str, Any]) -> dict[str, Any]:
        fields = self.arg_model.model_fields
        optional = {name for name, field in fields.items() if not field.is_required()}
        nonempty = {name for name in optional if not any(isinstance(one, KeepsEmpty) for one in fields[name].metadata)}
        own = {name: value for name, value in data.items() if name in fields or name not in ADDED_BY_HOSTS}
        own = _in_plural(own, fields)
        text = {name: value for name, value in own.items() if name in self.texts}
        values = super().pre_parse_json({name: value for name, value in own.items() if name not in text}) | text
        return {
            name: value
            for name, value in values.items()
            if not (value is None and name in optional) and not (value == "" and name in nonempty)
        }
