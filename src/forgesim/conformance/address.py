"""Where a step of a case goes: one line of a table becomes a Forge descriptor, a path and a method.

::

    kvs set · kvs entity/query · kvs batch/get · kvs transaction      Forge storage
    queue publish · queue stats · queue cancel                         async events
    llm list · llm chat MODEL                                          Forge LLM
    app confluence GET /wiki/api/v2/pages                              a product, as app, as user or as none
    user:ACCOUNT jira GET /rest/api/3/myself                           a product, as another user
    fetch GET https://example.com/                                     an external host
    type sql POST /api/v1/execute                                      any other descriptor type
    log info                                                           a line of the log
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

__all__ = ["Address", "address"]

QUEUE = "/webhook/queue/{}/{{contextAri}}/{{environmentId}}/{{appId}}/{{appVersion}}"
"""The braces of the placeholders go over the wire as they are (@forge/events 3.0.8)."""


@dataclass(frozen=True, slots=True)
class Address:
    """What ``__forge_fetch__`` is called with, but for headers and body."""

    descriptor: dict[str, Any]
    path: str
    method: str


def address(line: str) -> Address:
    """The address that a line means. Raises ValueError for another line."""
    match line.split(" ", 3):
        case ["kvs", operation]:
            return Address({"type": "kvs", "provider": "app", "remote": "kvs"}, f"/api/v1/{operation}", "POST")
        case ["queue", ("publish" | "stats" | "cancel") as operation]:
            return Address({"type": "fpp", "provider": "app", "remote": "stargate"}, QUEUE.format(operation), "POST")
        case ["llm", "list"]:
            return Address({"type": "llm"}, "https://llm", "GET")
        case ["llm", "chat", model]:
            return Address({"type": "llm", "model": model}, f"https://llm/{quote(model, safe='')}", "POST")
        case [who, remote, method, path] if who.partition(":")[0] in ("app", "user", "none"):
            provider, _, account = who.partition(":")
            other = {"accountId": account} if account else {}
            return Address({"type": "fpp", "provider": provider, "remote": remote, **other}, path, method)
        case ["fetch", method, *rest]:
            return Address({"type": "external"}, " ".join(rest), method)
        case ["type", name, method, path]:
            return Address({"type": name, "provider": "app", "remote": name}, path, method)
        case ["log", level]:
            return Address({"type": "log"}, level, "POST")
        case _:
            raise ValueError(f"{line!r} is no address of a step")
