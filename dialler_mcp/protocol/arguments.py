"""The arguments of an invocation as hosts really send them."""

from typing import Any

from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata


class Arguments(FuncMetadata):
    """How a tool reads its arguments: an optional one that is null counts as not given, and text stays text.

    The SDK parses text as JSON wherever a parameter may also be null, so it would take the text `"null"` for null and
    `"[1]"` for a list. Some hosts send lists, numbers and flags as JSON text; these are still parsed.
    """

    texts: frozenset[str] = frozenset()
    """The parameters that take text alone."""

    def pre_parse_json(self, data: dict[str, Any]) -> dict[str, Any]:
        required = {name for name, field in self.arg_model.model_fields.items() if field.is_required()}
        arguments = {name: value for name, value in data.items() if value is not None or name in required}
        text = {name: value for name, value in arguments.items() if name in self.texts}
        return super().pre_parse_json({name: value for name, value in arguments.items() if name not in text}) | text
