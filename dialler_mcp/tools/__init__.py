"""The MCP tools, thin: typed parameters, one call down, a typed answer."""
