"""Jira over one site. What answers is imported with the first call: most apps never ask Jira anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from forgesim.products.answer import Happened, ProductAnswer
from forgesim.products.clock import Clock
from forgesim.scopes.table import Operation
from forgesim.seam import Answer
from forgesim.site.model import Site

if TYPE_CHECKING:
    from forgesim.products.jira.call import Call
    from forgesim.products.jira.world import World

__all__ = ["Jira"]

_JSON = (("content-type", "application/json"),)


class Jira:
    """The Jira of one site. It changes the site and keeps nothing beside it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._world: World | None = None

    def perform(
        self,
        operation: Operation,
        params: Mapping[str, str],
        query: Sequence[tuple[str, str]],
        body: bytes,
        *,
        account: str | None,
        now_ms: int,
        path: str = "",
        headers: Sequence[tuple[str, str]] = (),
    ) -> ProductAnswer:
        """Answers a call that the scopes have let through, with the rights of ``account`` (None is nobody). ``path``
        is the one that was asked for, which may be an alias of the operation's.

        Never raises for what a caller sends: malformed is 400, hidden or missing 404, not allowed 403, not emulated
        501.
        """
        from forgesim.products.jira.call import Call

        call = Call(
            operation=operation, params=params, query=query, body=body, account=account, clock=Clock(now_ms),
            headers=tuple(headers),
        )  # fmt: skip
        return msgspec.structs.replace(self._answered(call, path), holds=call.clock.holds)

    def _answered(self, call: Call, path: str) -> ProductAnswer:
        from forgesim.products.jira.call import Raw
        from forgesim.products.jira.errors import Refused, UnsupportedError, error_body
        from forgesim.products.jira.routes import ROUTES
        from forgesim.products.jira.second import as_documents, as_text, is_second
        from forgesim.products.jira.world import World

        operation, account = call.operation, call.account
        handler = ROUTES.get(operation.name)
        if handler is None:
            return _unsupported(operation.name)
        self._world = self._world or World(self._site)
        second = is_second(path)
        if second and operation.body is not None:
            call = replace(call, body=as_documents(self._world, call.body))
        own = (("x-aaccountid", account),) if account else ()
        try:
            result = handler(self._world, call)
        except Refused as refused:
            return ProductAnswer(_answer(refused.status, error_body(refused, operation.path), own))
        except UnsupportedError as error:
            return _unsupported(error.what)
        finally:
            if operation.writes:
                self._world.written()
        happened = tuple(call.happened)
        if result.payload is None:
            return ProductAnswer(Answer(result.status, b"", own), happened=happened)
        if isinstance(result.payload, Raw):
            raw = (("content-type", result.payload.media_type), *own)
            return ProductAnswer(Answer(result.status, result.payload.data, raw), result.reads, happened=happened)
        payload = as_text(self._world, result.payload) if second else result.payload
        return ProductAnswer(_answer(result.status, payload, own), result.reads, happened=happened)

    def look_again(self) -> None:
        """Forget what was worked out from the site, which may be another now."""
        self._world = None

    def sample(self, event: str, *, now_ms: int, about: str | None = None) -> Happened | None:
        """What would be said of an event, if it happened now to the issue or sprint ``about``, or to something that the
        site has; null where it cannot."""
        from forgesim.products.jira import events
        from forgesim.products.jira.world import World

        self._world = self._world or World(self._site)
        return events.sample(self._world, event, now_ms, about)


def _answer(status: int, payload: object, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, msgspec.json.encode(payload), _JSON + headers)


def _unsupported(what: str) -> ProductAnswer:
    body = {"code": 501, "message": f"forgesim does not emulate {what}"}
    return ProductAnswer(_answer(501, body), (), what)
