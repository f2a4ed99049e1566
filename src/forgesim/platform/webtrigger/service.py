"""The web trigger URLs of one installation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from forgesim.platform.webtrigger.limits import (
    CREATED_PER_MINUTE,
    DELETED_PER_MINUTE,
    LISTED_PER_MINUTE,
    MINUTE_MS,
)
from forgesim.platform.webtrigger.rules import Operation, operation, url_of
from forgesim.seam import Answer
from forgesim.strict import strict

__all__ = ["WebTriggers", "asked_for"]

_JSON = (("content-type", "application/json"),)
_ID = re.compile(r"/(?:x1|public)/([^/?#]+)")
_PER_MINUTE: Mapping[Operation, int] = {
    "webTriggerUrlsByAppContext": LISTED_PER_MINUTE,
    "createWebTriggerUrl": CREATED_PER_MINUTE,
    "deleteWebTriggerUrl": DELETED_PER_MINUTE,
}


def asked_for(body: bytes) -> tuple[Operation | None, Mapping[str, Any]]:
    """The operation of a GraphQL request, with its variables; null where it is none on URLs, or cannot be read."""
    try:
        data = strict(body)
    except ValueError:
        return None, {}
    query, given = (data.get("query"), data.get("variables")) if isinstance(data, dict) else (None, None)
    name = operation(query) if isinstance(query, str) else None
    return name, given if isinstance(given, dict) else {}


class WebTriggers:
    """``forms``: key of each web trigger of the manifest → the form of its URL, ``v1`` or ``v2``."""

    def __init__(self, *, app_id: str = "", site: str = "", forms: Mapping[str, str] | None = None) -> None:
        self._app_id = app_id
        self._site = site
        self._forms = forms or {}
        self._made: dict[str, list[str]] = {}
        self._numbers: dict[str, int] = {}
        self._calls: dict[Operation, list[int]] = {}

    def url(self, key: str) -> str:
        """The URL under which the module is called; it is made where it is not there yet."""
        made = self._made.setdefault(key, [])
        return made[-1] if made else self._make(key)

    def _make(self, key: str) -> str:
        number = self._numbers.get(key, 0)
        self._numbers[key] = number + 1
        found = url_of(self._forms.get(key, "v1"), self._app_id, self._site, key, number)
        self._made.setdefault(key, []).append(found)
        return found

    def perform(self, name: Operation, given: Mapping[str, Any], now_ms: int) -> Answer:
        """The answer of the platform's GraphQL gateway; 429 over the calls of a minute."""
        calls = [at for at in self._calls.get(name, []) if at > now_ms - MINUTE_MS]
        self._calls[name] = calls
        if len(calls) >= _PER_MINUTE[name]:
            return _answer({"errors": [{"message": "too many calls in a minute"}]}, 429)
        calls.append(now_ms)
        match name:
            case "createWebTriggerUrl":
                return self._create(given)
            case "deleteWebTriggerUrl":
                return self._delete(given.get("id"))
            case _:
                urls = [{"triggerKey": key, "url": url} for key, made in self._made.items() for url in made]
                return _answer({"data": {name: urls}})

    def _create(self, given: Mapping[str, Any]) -> Answer:
        asked = given.get("input")
        key = asked.get("triggerKey") if isinstance(asked, dict) else None
        if not isinstance(key, str) or key not in self._forms:
            return _answer({"data": {"createWebTriggerUrl": None}, "errors": [{"message": "no such web trigger"}]})
        url = self._make(key) if given.get("forceCreate") is True else self.url(key)
        return _answer({"data": {"createWebTriggerUrl": {"url": url}}})

    def _delete(self, id_: Any) -> Answer:
        for made in self._made.values():
            for url in made:
                found = _ID.search(url)
                if found is not None and found[1] == id_:
                    made.remove(url)
                    return _answer({"data": {"deleteWebTriggerUrl": {"success": True, "message": None}}})
        refused = {"success": False, "message": "there is no web trigger URL of this id"}
        return _answer({"data": {"deleteWebTriggerUrl": refused}})

    def drop(self) -> None:
        """Forget the URLs: the installation is gone. The next one has the same."""
        self._made.clear()
        self._numbers.clear()
        self._calls.clear()


def _answer(value: Mapping[str, Any], status: int = 200) -> Answer:
    return Answer(status, msgspec.json.encode(value), _JSON)
