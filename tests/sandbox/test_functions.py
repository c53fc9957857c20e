"""How a function is declared, and the routes that follow."""

from starlette.requests import Request
from starlette.responses import Response

from dialler_mcp.sandbox.functions import Functions

functions = Functions()


class Owner:
    """Has one function under two paths, one under a single path, and a method that is none."""

    @functions("GET", "/things/{id}", "Retrieve a thing", refuses=(404,), also="/thing/{id}")
    async def get_thing(self, request: Request) -> Response:
        return Response(self._name())

    @functions("DELETE", "/things", "Delete all things")
    async def delete_things(self, request: Request) -> Response:
        return Response()

    def _name(self) -> str:
        return "a thing"


def test_each_path_of_a_function_is_a_route_of_its_name_and_the_documented_one_comes_first():
    routes = functions.routes(Owner())
    assert [(route.name, route.path) for route in routes] == [
        ("get_thing", "/things/{id}"),
        ("get_thing", "/thing/{id}"),
        ("delete_things", "/things"),
    ]
    assert routes[0].methods == {"GET", "HEAD"}
    assert routes[2].methods == {"DELETE"}


def test_a_route_knows_what_is_documented_of_its_function():
    route = functions.routes(Owner())[1]
    assert (route.function.title, route.function.refuses, route.function.answers) == ("Retrieve a thing", (404,), None)


async def test_a_route_leads_to_the_method_of_its_owner():
    endpoint = functions.routes(Owner())[0].endpoint
    assert (await endpoint(Request({"type": "http"}))).body == b"a thing"
