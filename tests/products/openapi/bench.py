"""Both products over a copy of a proof site, and requests to them that tell what became of each parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import quote

import msgspec

from forgesim.clock import EPOCH_MS
from forgesim.products.confluence.service import Confluence
from forgesim.products.jira.service import Jira
from forgesim.scopes.table import find, normalise
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.facts import clone
from forgesim.site.generate import proof
from forgesim.site.model import Site

__all__ = ["Bench", "Pairs", "Reply", "Request"]

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call of the operation ``name``. ``body`` is sent as it is where it is bytes, else as JSON; None sends none."""

    name: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Pairs = ()
    body: Any = None
    by: str = "alice"
    headers: Pairs = ()

    @property
    def path(self) -> str:
        path = self.name.partition(" ")[2]
        for name, value in self.params.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return path

    def but(self, **changes: Any) -> Request:
        return replace(self, **changes)

    def also(self, name: str, *values: str) -> Request:
        """The same with a query parameter, in place of what it had."""
        kept = tuple(pair for pair in self.query if pair[0] != name)
        return replace(self, query=(*kept, *((name, value) for value in values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """``ignored``: names of query parameters that nothing ever asked for."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    unsupported: str | None
    ignored: frozenset[str]


class _Name(str):  # noqa: SLOT000  (it has a note beside its text)
    """The name of a query parameter that notices when it is asked for."""

    asked = False

    def __eq__(self, other: object) -> bool:
        same = str.__eq__(self, other) is True
        self.asked = self.asked or same
        return same

    __hash__ = str.__hash__


@cache
def _proof() -> Site:
    return proof(1)


class Bench:
    """A fresh copy of the proof site with its two products."""

    def __init__(self) -> None:
        self.site = clone(_proof())
        self.accounts: dict[str, str | None] = {each.handle: each.account_id for each in self.site.users.values()}
        self.accounts |= {"app": APP_ACCOUNT, "nobody": None, "stranger": "712020:stranger"}
        self.made: dict[str, str] = {}
        """Ids of what was made on this bench so that there is something to ask for."""
        self._products: dict[str, Confluence | Jira] = {"confluence": Confluence(self.site), "jira": Jira(self.site)}

    def ask(self, request: Request) -> Reply:
        """Performs the request as the gateway does once the scopes have let it through."""
        method, _, template = request.name.partition(" ")
        remote: Any = "confluence" if template.startswith("/wiki/") else "jira"
        path, _ = normalise(request.path)
        match = find(remote, method, path)
        assert match is not None, path
        body = request.body
        raw = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        names = [(_Name(name), value) for name, value in request.query]
        got = self._products[remote].perform(
            match.operation,
            match.params,
            names,
            raw,
            account=self.accounts[request.by],
            now_ms=EPOCH_MS + 1000,
            headers=request.headers,
        )
        return Reply(
            status=got.answer.status,
            body=got.answer.body,
            headers=dict(got.answer.headers),
            unsupported=got.unsupported,
            ignored=frozenset(name for name, _ in request.query) - {str(name) for name, _ in names if name.asked},
        )

    def json(self, name: str, params: Mapping[str, str], body: Any = None, query: Pairs = (), by: str = "alice") -> Any:
        """What a call that must succeed answers."""
        reply = self.ask(Request(name=name, params=params, query=query, body=body, by=by))
        assert reply.status < 300, (name, reply)
        return msgspec.json.decode(reply.body) if reply.body else None
