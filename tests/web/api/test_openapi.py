"""The OpenAPI document: it names every call with its token, shapes and errors, and its references hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

CALLS = {
    ("/api/v1/enrol", "post"): (False, {"201", "400", "413", "422", "429"}),
    ("/api/v1/stations/{station}/manifest", "get"): (True, {"200", "304", "401", "403", "404", "429"}),
    ("/api/v1/clips/{sha256}", "get"): (
        True,
        {"200", "206", "304", "401", "403", "404", "416", "429", "503"},
    ),
    ("/api/v1/stations/{station}/as-run", "post"): (
        True,
        {"200", "400", "401", "403", "409", "413", "429"},
    ),
    ("/api/v1/stations/{station}/heartbeat", "post"): (
        True,
        {"200", "400", "401", "403", "413", "429"},
    ),
}


@pytest.fixture
def document(client: FlaskClient) -> Any:
    return client.get("/api/openapi.json").json


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield value
    for part in inner:
        yield from walk(part)


def test_it_is_of_openapi_3_1_and_names_the_five_calls_alone(document: Any) -> None:
    calls = {
        (path, method)
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    assert (document["openapi"], document["info"]["title"], calls) == ("3.1.0", "Loa Phường", set(CALLS))


@pytest.mark.parametrize(("call", "told"), CALLS.items())
def test_each_call_names_its_token_its_answers_and_itself(
    document: Any, call: tuple[str, str], told: tuple[bool, set[str]]
) -> None:
    operation = document["paths"][call[0]][call[1]]
    assert (operation.get("security") == [{"station": []}], set(operation["responses"])) == told
    assert operation["operationId"]
    assert operation["summary"]


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/api/v1/enrol", "application/json"),
        ("/api/v1/stations/{station}/heartbeat", "application/json"),
        ("/api/v1/stations/{station}/as-run", "application/x-ndjson"),
    ],
)
def test_each_body_has_a_shape(document: Any, path: str, content_type: str) -> None:
    content = document["paths"][path]["post"]["requestBody"]["content"]
    assert content[content_type]["schema"]


def test_every_error_has_our_shape(document: Any) -> None:
    told = [
        answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if status[0] in "45"
    ]
    shapes = document["components"]["schemas"]
    assert {field for name in set(told) for field in shapes[name]["required"]} == {"error", "message"}


def test_every_reference_leads_somewhere(document: Any) -> None:
    for found in walk(document):
        at = document
        for name in found.get("$ref", "#").split("/")[1:]:
            at = at[name]
        assert at


def test_every_answer_is_described_and_every_path_parameter_is_declared(document: Any) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            named = {
                one["name"] for one in operation["parameters"] if one["in"] == "path" and one["required"]
            }
            assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            assert all(answer["description"] for answer in operation["responses"].values())


def test_the_token_is_a_declared_scheme(document: Any) -> None:
    assert document["components"]["securitySchemes"]["station"] == {"type": "http", "scheme": "bearer"}
