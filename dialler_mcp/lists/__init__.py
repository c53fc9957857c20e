"""Lists of people: read from whatever file they come in, before anything is decided about them. Knows neither MCP nor
the settings.
"""
