"""Confluence over one site: which operations are emulated, and what everything else answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from forgesim.products.answer import Happened, ProductAnswer
from forgesim.products.clock import Clock
from forgesim.products.confluence.call import Call
from forgesim.products.confluence.errors import Refused, UnsupportedError, error_body
from forgesim.products.confluence.routes import ROUTES
from forgesim.products.confluence.samples import sample
from forgesim.products.confluence.world import World
from forgesim.scopes.table import Operation
from forgesim.seam import MAX_BODY, Answer
from forgesim.site.model import Site

__all__ = ["ROUTES", "Confluence"]

_JSON = (("content-type", "application/json"),)


class Confluence:
    """The Confluence of one site. It changes the site, and keeps versions of properties and comments beside
    it.
    """

    def __init__(self, site: Site) -> None:
        self._world = World(site)

    def perform(
        self,
        operation: Operation,
        params: Mapping[str, str],
        query: Sequence[tuple[str, str]],
        body: bytes,
        *,
        account: str | None,
        now_ms: int,
        headers: Sequence[tuple[str, str]] = (),
        as_app: bool = True,
    ) -> ProductAnswer:
        """Answers a call that the scopes have let through, with the rights of ``account`` (None is nobody).

        ``as_app``: the call is not made in a user's name.

        Never raises for what a caller sends: malformed is 400, hidden or missing 404, not allowed 403, a
        stale version 409, not emulated 501, and so is what no frame holds.
        """
        call = Call(operation=operation, params=params, query=query, body=body, account=account, clock=Clock(now_ms),
                    headers={name.lower(): value for name, value in headers}, as_app=as_app,
                    places=self._world.places)  # fmt: skip
        return msgspec.structs.replace(self._answered(call), holds=call.clock.holds)

    def _answered(self, call: Call) -> ProductAnswer:
        operation = call.operation
        handler = ROUTES.get(operation.name)
        if handler is None:
            return _unsupported(operation.name)
        try:
            result = handler(self._world, call)
        except Refused as refused:
            v1_shape = operation.path.startswith("/wiki/rest/")
            return ProductAnswer(_answer(refused.status, error_body(refused, v1=v1_shape)))
        except UnsupportedError as error:
            return _unsupported(error.what)
        finally:
            if operation.writes:
                self._world.written()
        happened = tuple(call.happened)
        if result.payload is None:
            return ProductAnswer(Answer(result.status, b"", result.headers), result.reads, happened=happened)
        if isinstance(result.payload, bytes):
            return ProductAnswer(Answer(result.status, result.payload, result.headers), result.reads)
        answer = _answer(result.status, result.payload, result.headers)
        if len(answer.body) > MAX_BODY and not operation.writes:
            return _unsupported(f"answers of more than {MAX_BODY:,} bytes")
        return ProductAnswer(answer, result.reads, happened=happened)

    def look_again(self) -> None:
        """Forget what was worked out from the site, which may be another now."""
        self._world.changed()

    def sample(self, event: str, *, now_ms: int, about: str | None = None) -> Happened | None:
        """What would be said of an event, if it happened now to the page with the id ``about``, or to something that
        the site has; null where it cannot."""
        return sample(self._world.site, event, now_ms, about)


def _answer(status: int, payload: object, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, msgspec.json.encode(payload), _JSON + headers)


def _unsupported(what: str) -> ProductAnswer:
    body = {"code": 501, "message": f"forgesim does not emulate {what}"}
    return ProductAnswer(_answer(501, body), (), what)
