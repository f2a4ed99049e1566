"""The form of a web trigger's URL, request and answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from forgesim.ids import derived_uuid

__all__ = ["FAILED", "Operation", "operation", "reply", "request", "url_of"]

Operation = Literal["createWebTriggerUrl", "webTriggerUrlsByAppContext", "deleteWebTriggerUrl"]
_OPERATIONS: tuple[Operation, ...] = ("createWebTriggerUrl", "webTriggerUrlsByAppContext", "deleteWebTriggerUrl")
# One field with a flat selection is the whole text: no other field, alias, fragment, string or comment beside it.
_ALONE = re.compile(r"""\s*(?:mutation|query)\b[^{}"#]*\{\s*(\w+)\s*\([^(){}"#]*\)\s*\{[\s\w,]*\}\s*\}\s*""")

FAILED: Mapping[str, Any] = {"statusCode": 500}
"""What the caller gets where the app gave no answer that can be passed on."""

_FIRST_STATUS, _LAST_STATUS = 100, 599


class Reply(NamedTuple):
    """What the caller gets, or why the app's result is no answer."""

    answer: Mapping[str, Any]
    wrong: str | None = None


def operation(query: str) -> Operation | None:
    """Which of the platform's operations on URLs a GraphQL text asks for; null for any other text, and for one that
    asks for anything beside it."""
    alone = _ALONE.fullmatch(query)
    return next((name for name in _OPERATIONS if alone and alone[1] == name), None)


def url_of(form: str, app_id: str, site: str, key: str, number: int) -> str:
    """The URL of a module on a site: the same each time, and another one after ``number`` forced creations."""
    host, id_ = derived_uuid("webtrigger", app_id, site), derived_uuid("webtrigger", app_id, site, key, number)
    if form == "v2":
        return f"https://{host}.webtrigger.atlassian.app/public/{id_}"
    return f"https://{host}.hello.atlassian-dev.net/x1/{id_}"


def request(given: Mapping[str, Any], url: str) -> dict[str, Any]:
    """What the function gets: the request as given, with a GET of the URL for what it does not say."""
    usual = {"method": "GET", "headers": {}, "path": urlsplit(url).path, "userPath": "", "queryParameters": {}}
    return {**usual, **given}


def reply(module: Mapping[str, Any], result: Any) -> Reply:
    """What becomes of a result. A static trigger's answer is the manifest's own, by the key of an output; a dynamic
    one's is the app's: a status code, headers with lists of values, and a text."""
    declared = module.get("response")
    if isinstance(declared, Mapping) and declared.get("type") == "static":
        return _static(declared.get("outputs"), result)
    wrong = _wrong(result)
    if wrong is not None:
        return Reply(FAILED, wrong)
    return Reply({name: result[name] for name in ("statusCode", "headers", "body", "statusText") if name in result})


def _static(outputs: Any, result: Any) -> Reply:
    key = result.get("outputKey") if isinstance(result, dict) else None
    for output in outputs if isinstance(outputs, list | tuple) else ():
        if isinstance(output, Mapping) and output.get("key") == key and key is not None:
            return Reply({name: output[name] for name in ("statusCode", "contentType", "body") if name in output})
    return Reply(FAILED, "a static web trigger answers with outputKey, the key of an output of the manifest")


def _wrong(result: Any) -> str | None:
    if not isinstance(result, dict):
        return "a web trigger answers with an object that has statusCode"
    status = result.get("statusCode")
    if not isinstance(status, int) or isinstance(status, bool) or not _FIRST_STATUS <= status <= _LAST_STATUS:
        return f"statusCode must be a number from {_FIRST_STATUS} to {_LAST_STATUS}"
    headers = result.get("headers")
    if headers is not None and not _are_headers(headers):
        return "headers must be a map of names to lists of texts"
    for name in ("body", "statusText"):
        if result.get(name) is not None and not isinstance(result[name], str):
            return f"{name} must be a text"
    return None


def _are_headers(headers: Any) -> bool:
    return isinstance(headers, dict) and all(
        isinstance(values, list) and all(isinstance(value, str) for value in values) for values in headers.values()
    )
