"""Storage before KVS: @forge/storage, and @forge/api up to 7, ask for the same rows in GraphQL.

Each of its requests is one of the store's own, so it becomes that call before anything is decided: the ledger has it
as what it is, and the claims need to know one shape. The answer is turned back. What is in no table here is left alone,
and answered 501 by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from forgesim.seam import Answer, Fetch
from forgesim.strict import strict

__all__ = ["PATH", "Legacy", "legacy"]

PATH = "/forge/entities/graphql"
END = "(end)"
"""The cursor of a last page: its clients take a cursor of every page that has rows, and go on to an empty one."""

_JSON = (("content-type", "application/json"),)
_KVS: Mapping[str, Any] = {"type": "kvs", "provider": "app", "remote": "kvs"}
_FIELD = re.compile(
    r"\b((?:set|delete)?[aA]ppStored(?:CustomEntity|CustomEntities|Entity|Entities|EntitiesForCleanup))\s*\("
)
_encode = msgspec.json.Encoder().encode

Turn = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Legacy:
    """The store's own call for a request, and how its answer is said in GraphQL."""

    fetch: Fetch
    body: bytes
    back: Callable[[Answer], Answer]


def legacy(fetch: Fetch, body: bytes) -> Legacy | None:
    """The store's call that a request stands for; null where it is none of this interface's, or not to be read."""
    if fetch.path != PATH or fetch.descriptor.get("remote") != "stargate" or fetch.method.upper() != "POST":
        return None
    try:
        asked = strict(body)
        field = _FIELD.search(asked["query"])
        variables = asked["variables"]
        if field is None:
            return None
        path, given, back = _OPERATIONS[field[1]](variables.get("input", variables))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    inner = msgspec.structs.replace(fetch, descriptor=dict(_KVS), path=path, method="POST", headers=[*_JSON])
    return Legacy(inner, _encode(given), back)


def _get(given: Any) -> tuple[str, Any, Any]:
    secret = "secret/" if given["encrypted"] else ""
    return f"/api/v1/{secret}get", {"key": given["key"]}, _found("appStoredEntity")


def _get_entity(given: Any) -> tuple[str, Any, Any]:
    return "/api/v1/entity/get", _only(given, "key", "entityName"), _found("appStoredCustomEntity")


def _change(verb: str) -> Callable[[Any], tuple[str, Any, Any]]:
    def change(given: Any) -> tuple[str, Any, Any]:
        secret = "secret/" if given["encrypted"] else ""
        return f"/api/v1/{secret}{verb}", _only(given, "key", "value"), _done("appStorage", f"{verb}AppStoredEntity")

    return change


def _change_entity(verb: str) -> Callable[[Any], tuple[str, Any, Any]]:
    def change(given: Any) -> tuple[str, Any, Any]:
        back = _done("appStorageCustomEntity", f"{verb}AppStoredCustomEntity")
        return f"/api/v1/entity/{verb}", _only(given, "key", "entityName", "value"), back

    return change


def _list(field: str) -> Callable[[Any], tuple[str, Any, Any]]:
    def pages(given: Any) -> tuple[str, Any, Any]:
        cursor = given.get("cursor")
        asked: dict[str, Any] = {}
        if given.get("where"):
            # The one condition that it has.
            asked["where"] = [
                {"property": each["field"], "condition": "BEGINS_WITH", "values": [each["value"]]}
                for each in given["where"]
                if each["condition"] == "STARTS_WITH"
            ]
        if given.get("limit") is not None:
            asked["limit"] = given["limit"]
        if cursor is not None and cursor != END:
            asked["after"] = cursor
        return "/api/v1/query", asked, _page(field, ended=cursor == END)

    return pages


def _query_entities(given: Any) -> tuple[str, Any, Any]:
    asked = {name: value for name, value in given.items() if name != "contextAri" and value is not None}
    return "/api/v1/entity/query", asked, _page("appStoredCustomEntities", ended=False)


_OPERATIONS: Mapping[str, Callable[[Any], tuple[str, Any, Any]]] = {
    "appStoredEntity": _get,
    "setAppStoredEntity": _change("set"),
    "deleteAppStoredEntity": _change("delete"),
    "appStoredEntities": _list("appStoredEntities"),
    "appStoredEntitiesForCleanup": _list("appStoredEntitiesForCleanup"),
    "appStoredCustomEntity": _get_entity,
    "setAppStoredCustomEntity": _change_entity("set"),
    "deleteAppStoredCustomEntity": _change_entity("delete"),
    "appStoredCustomEntities": _query_entities,
}


def _only(given: Any, *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


# --- the way back -----------------------------------------------------------------------------------------------------


def _found(field: str) -> Callable[[Answer], Answer]:
    def back(answer: Answer) -> Answer:
        told = _told(answer)
        if told.get("code") == "KEY_NOT_FOUND":
            return _data({field: {"value": None}})
        return _failed(answer, told) or _data({field: told})

    return back


def _done(space: str, field: str) -> Callable[[Answer], Answer]:
    def back(answer: Answer) -> Answer:
        told = _told(answer)
        gone = told.get("code") == "KEY_NOT_FOUND"
        if answer.status >= 400 and not gone:
            if not _is_of_the_store(told):
                return answer
            return _data({space: {field: {"success": False, "errors": [_error(answer, told)]}}})
        return _data({space: {field: {"success": True, "errors": None}}})

    return back


def _page(field: str, *, ended: bool) -> Callable[[Answer], Answer]:
    def back(answer: Answer) -> Answer:
        told = _told(answer)
        if (failed := _failed(answer, told)) is not None:
            return failed
        rows = [] if ended else told.get("data", [])
        cursor = told.get("cursor")
        edges = [{"node": _only(row, "key", "value"), "cursor": cursor or END} for row in rows]
        return _data({field: {"edges": edges, "cursor": cursor, "totalCount": len(edges)}})

    return back


def _told(answer: Answer) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(answer.body) if answer.body else {}
    except (msgspec.DecodeError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _failed(answer: Answer, told: Mapping[str, Any]) -> Answer | None:
    """An error of the store's as GraphQL has it; what is no answer of the store stays as it is."""
    if answer.status < 400:
        return None
    if not _is_of_the_store(told):
        return answer
    return Answer(200, _encode({"errors": [_error(answer, told)], "data": None}), _JSON)


def _is_of_the_store(told: Mapping[str, Any]) -> bool:
    """Whether an error is one of the store's, whose codes are words; that of a missing scope is a number."""
    return isinstance(told.get("code"), str)


def _error(answer: Answer, told: Mapping[str, Any]) -> dict[str, Any]:
    extensions = {"errorType": str(told["code"]), "statusCode": answer.status}
    return {"message": str(told.get("message", "")), "extensions": extensions}


def _data(data: Mapping[str, Any]) -> Answer:
    return Answer(200, _encode({"data": data}), _JSON)
