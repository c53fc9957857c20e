"""The embedded dialler: invented people behind a faithful fake of the Dialler REST API.

    store = Store.open()
    app = build_app(store, Options(dates="utc"))

`app` is an ASGI application with the base URL `http://<anything>/rest/v1.0/1` and the token of its options.
"""

from dialler_mcp.sandbox.app import Options, build_app
from dialler_mcp.sandbox.store import Store

__all__ = ["Options", "Store", "build_app"]
