"""Where an answer is not what the document says: its status, its form, and parameters that nothing looked at."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from referencing import Registry
from referencing.jsonschema import DRAFT4
from tests.openapi import Documented, documented, documents
from tests.products.openapi.bench import Reply, Request

__all__ = ["found_in"]


def found_in(request: Request, reply: Reply) -> Iterator[str]:
    """``status 409``, ``body results/*/id: type``, ``ignored sort``: nothing where the answer is as documented."""
    if reply.status == 501 and reply.unsupported:
        return
    told = documented()[request.name]
    response = told.raw["responses"].get(str(reply.status))
    if response is None:
        yield f"status {reply.status}"
        return
    known = {each["name"] for each in told.of("query")}
    if reply.status < 300:
        yield from (f"ignored {name}" for name in sorted(reply.ignored & known))
        yield from (f"accepted {wrong}" for wrong in _wrong(told, request))
    yield from _form(told, reply, told.document.follow(response))


def _form(told: Documented, reply: Reply, response: dict[str, Any]) -> Iterator[str]:
    content = response.get("content")
    if not content:
        if reply.body and reply.status < 300:
            yield "body where none is documented"
        return
    if reply.status == 204 and not reply.body:
        return
    kind = reply.headers.get("content-type", "").partition(";")[0]
    documented_as = next((each for each in content if each.partition(";")[0] == kind), None)
    if documented_as is None:
        yield f"content-type {reply.headers.get('content-type')}"
        return
    try:
        shown = json.loads(reply.body)
    except ValueError:
        yield "body that is no JSON"
        return
    media = content[documented_as]
    if "schema" not in media:
        yield from _unlike(media.get("example"), shown, "")
        return
    for error in _validator(told, str(reply.status), documented_as).iter_errors(shown):
        yield f"body {_place(error)}: {_says(error)}"


def _wrong(told: Documented, request: Request) -> Iterator[str]:
    """What in the request breaks the document's own schemas: an operation that succeeds has to be without."""
    asked: dict[str, list[str]] = {}
    for name, value in request.query:
        asked.setdefault(name, []).append(value)
    for each in told.of("query"):
        values = asked.get(each["name"], [])
        if each.get("required") and not values:
            yield f"no {each['name']}"
        if any(not _fits(value, each["schema"]) for value in values):
            yield f"bad {each['name']}"
    schema = _body_schema(told)
    if schema is None or request.body is None:
        return
    try:
        body = json.loads(request.body) if isinstance(request.body, bytes) else request.body
    except ValueError:
        yield "body that is no JSON" if request.body else "no body"
        return
    for error in OAS30WriteValidator(schema, registry=_registry()).iter_errors(body):
        yield f"body {_place(error)}: {_says(error)}"


def _fits(value: str, schema: dict[str, Any]) -> bool:
    """Whether the text of a query parameter is of its schema's kind."""
    if schema.get("type") == "array":
        items = schema.get("items", {})
        return all(_fits(each, items) for each in value.split(",") if each)
    if "enum" in schema:
        return value in map(str, schema["enum"])
    if schema.get("type") == "boolean":
        return value in ("true", "false")
    if schema.get("type") == "integer":
        return re.fullmatch(r"-?[0-9]+", value) is not None and int(value) >= schema.get("minimum", -math.inf)
    return True


def _body_schema(told: Documented) -> dict[str, Any] | None:
    body = told.document.follow(told.raw.get("requestBody", {}))
    if "application/json" not in body.get("content", {}):
        return None
    if "$ref" in told.raw["requestBody"]:
        return {"$ref": f"{told.document.uri}{told.raw['requestBody']['$ref']}/content/application~1json/schema"}
    return _at(told, *told.pointer, "requestBody", "content", "application/json", "schema")


def _at(told: Documented, *steps: str) -> dict[str, Any]:
    """A schema by its place in the document, so that its own references lead somewhere."""
    return {"$ref": f"{told.document.uri}#/" + "/".join(each.replace("~", "~0").replace("/", "~1") for each in steps)}


def _place(error: Any) -> str:
    return "/".join("*" if isinstance(each, int) else str(each) for each in error.absolute_path)


def _unlike(example: Any, shown: Any, at: str) -> Iterator[str]:
    """Where the document has an example and no schema: what both have is of one kind."""
    if isinstance(example, str) and not at:
        example = json.loads(example)
    if isinstance(example, dict) and isinstance(shown, dict):
        for name in sorted(example.keys() & shown.keys()):
            yield from _unlike(example[name], shown[name], f"{at}/{name}")
    elif isinstance(example, list) and isinstance(shown, list):
        for one in shown if example else ():
            yield from _unlike(example[0], one, f"{at}/*")
    elif example is not None and shown is not None and _kind(example) != _kind(shown):
        yield f"example {at[1:]}: {_kind(shown)}"


def _kind(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def _says(error: Any) -> str:
    """The keyword that the value breaks; for those on properties, which properties."""
    if error.validator == "additionalProperties":
        return f"undocumented {','.join(sorted(error.instance.keys() - error.schema.get('properties', {}).keys()))}"
    if error.validator == "required":
        return f"required {','.join(sorted(set(error.validator_value) - error.instance.keys()))}"
    return str(error.validator)


@cache
def _registry() -> Registry[Any]:
    return Registry().with_resources((each.uri, DRAFT4.create_resource(each.contents)) for each in documents())


@cache
def _validator(told: Documented, status: str, kind: str) -> Any:
    schema = _at(told, *told.pointer, "responses", status, "content", kind, "schema")
    return OAS30ReadValidator(schema, registry=_registry())
