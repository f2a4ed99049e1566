"""All calls of one operation, valid and invalid, and what in the answers differs from the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from tests.products.openapi.bench import Bench, Reply, Request
from tests.products.openapi.calls import plain, spoiled, varied
from tests.products.openapi.findings import found_in

from forgesim.products.confluence.service import ROUTES as CONFLUENCE
from forgesim.products.jira.routes import ROUTES as JIRA

__all__ = ["EMULATED", "answered", "outcome"]

EMULATED: Sequence[str] = (*CONFLUENCE, *JIRA)
PEOPLE = ("alice", "bob", "app", "nobody", "stranger")
TURNS = 3


@cache
def outcome(name: str) -> Mapping[str, Request | None]:
    """Each finding with the first request that led to it. ``nothing succeeds`` is one, too: such calls show little."""
    found: dict[str, Request | None] = {}
    succeeded = False
    for request, reply in _conversation(name):
        succeeded = succeeded or reply.status < 400
        for each in found_in(request, reply):
            found.setdefault(each, request)
    return found if succeeded else {**found, "nothing succeeds": None}


def answered(bench: Bench, request: Request) -> Reply:
    """The answer on the bench; a request that changes something is made on a bench of its own, set up the same."""
    if request.name.startswith("GET "):
        return bench.ask(request)
    fresh = Bench()
    plain(request.name, fresh)
    return fresh.ask(request)


def _conversation(name: str) -> Iterator[tuple[Request, Reply]]:
    for turn in range(TURNS):
        for one in PEOPLE:
            bench = Bench()
            asked = plain(name, bench, turn).but(by=one)
            yield asked, bench.ask(asked)
    bench = Bench()
    for request in (*varied(name, bench), *spoiled(name, bench)):
        yield request, answered(bench, request)
    usual = plain(name, bench)
    for parameter in usual.params:
        asked = usual.but(params={**usual.params, parameter: "missing"}, by="app")
        yield asked, answered(bench, asked)
