"""The key-value store as the gateway calls it: one request in, one answer out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal

from forgesim.errors import InputError, Problem
from forgesim.manifest.entities import Entity
from forgesim.platform.kvs import limits, rules
from forgesim.platform.kvs.calls import Call, ThrottledError, failed
from forgesim.platform.kvs.rates import Meter
from forgesim.platform.kvs.rules import KvsError
from forgesim.platform.kvs.several import perform_batch, perform_transaction
from forgesim.platform.kvs.stores import Move, Regions
from forgesim.seam import Answer

__all__ = ["Kvs", "MoveStage", "Regions"]

MoveStage = Literal["intended", "copying", "copied", "journalled", "deleting", "deleted"]
"""How far a move is; ``copying`` and ``deleting`` are reached just before their transaction is committed."""

TRANSACTION: Final = "/api/v1/transaction"
SEVERAL: Final = frozenset({"/api/v1/batch/get", "/api/v1/batch/set", "/api/v1/batch/delete", TRANSACTION})
"""Calls that name several keys, of entities too."""
_SECOND_MS: Final = 1000
_MOST_UNSETTLED: Final = 1000
"""Writes that may wait for a query to settle them."""
_NO_ENTITIES: Final[Mapping[str, Entity]] = {}


class Kvs:
    """Forge's key-value store, secrets and custom entities for any number of installations.

    ``query_lag_ms``: virtual ms until a query sees a write; a get sees it at once. ``lazy_ttl``: a value may still be
    read for 48 hours after its time to live has ended, the longest that Forge allows itself; else it is gone on time.
    Moves that an earlier process did not finish are finished first.
    """

    def __init__(self, regions: Regions, *, query_lag_ms: int = 0, lazy_ttl: bool = False) -> None:
        self._regions = regions
        self._lag_ms = query_lag_ms
        self._linger_ms = limits.LINGER_MS if lazy_ttl else 0
        self._meters: dict[str, Meter] = {}
        self.resume_moves()

    def perform(
        self,
        installation: str,
        region: str,
        path: str,
        body: bytes,
        now_ms: int,
        *,
        entities: Mapping[str, Entity] = _NO_ENTITIES,
    ) -> Answer:
        """Answer one storage call; ``now_ms`` is the virtual time, epoch milliseconds; ``entities`` is what the app's
        manifest declares.

        Raises InputError where the region is unknown or its database cannot be used.
        """
        if path not in rules.PATHS:
            return failed(404, "NOT_FOUND", f"There is no storage operation {path}")
        meter = self._meters.get(installation)
        if meter is None:
            meter = self._meters[installation] = Meter()
        try:
            store = self._regions.store(region)
            if store.unsettled > _MOST_UNSETTLED:
                store.settle(now_ms - self._lag_ms)
            call = Call(
                store,
                installation,
                entities,
                meter,
                now_ms=now_ms,
                lag_ms=self._lag_ms,
                linger_ms=self._linger_ms,
            )
            return _answer(call, path, body)
        except KvsError as error:
            return failed(error.status, error.code, error.message)
        except ThrottledError as error:
            return _throttled(path, error.wait_ms)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def catch_up(self) -> None:
        """Let queries see all that was written: between what people do lies more time than the lag, though the clock
        stands still."""
        with _database():
            for region in self._regions.opened():
                self._regions.store(region).settle(None)

    def rows(self, installation: str, region: str) -> list[tuple[str, str, str]]:
        """Everything at rest for the installation in the region: ``(store, key, JSON text)``."""
        with _database():
            return self._regions.store(region).rows(installation)

    def home(self, installation: str, otherwise: str) -> str:
        """The region that has rows of the installation, from an earlier process too; ``otherwise`` where none has."""
        with _database():
            found = (name for name in self._regions.existing() if self._regions.store(name).has(installation))
            return next(found, otherwise)

    def move(
        self,
        installation: str,
        source: str,
        target: str,
        *,
        progress: Callable[[MoveStage], None] = lambda _: None,
    ) -> None:
        """Move all rows to another region: note the intent, copy, journal the copy, delete, forget.

        Wherever the process dies, ``resume_moves`` ends the move with every row in one region.
        ``progress`` hears of each stage as it is reached.
        """
        self.resume_moves()
        for region in (source, target):
            self._regions.store(region)
        if source == target:
            return
        move = Move(installation, source, target, copied=False)
        with _database():
            self._regions.note(move)
            progress("intended")
            self._carry_on(move, progress)

    def resume_moves(self) -> None:
        """Finish every move that has begun."""
        with _database():
            for move in self._regions.moves():
                self._carry_on(move, lambda _: None)

    def drop(self, installation: str) -> None:
        """Delete everything that the installation stored, in every region."""
        with _database():
            for region in self._regions.existing():
                self._regions.store(region).drop(installation)
        self._meters.pop(installation, None)

    def close(self) -> None:
        """Close every database; the store answers nothing more."""
        self._regions.close()

    def _carry_on(self, move: Move, progress: Callable[[MoveStage], None]) -> None:
        source, target = self._regions.store(move.source), self._regions.store(move.target)
        if not move.copied:
            source.copy_to(target, move.installation, lambda: progress("copying"))
            progress("copied")
            self._regions.note(move._replace(copied=True))
            progress("journalled")
        source.drop(move.installation, lambda: progress("deleting"))
        progress("deleted")
        self._regions.forget(move.installation)


@contextmanager
def _database() -> Iterator[None]:
    """Name a failing database for what it is: a matter of the user's disk."""
    try:
        yield
    except sqlite3.Error as error:
        raise _unusable(error) from None


def _unusable(error: sqlite3.Error) -> InputError:
    return InputError(
        Problem(what=f"stored data cannot be used: {error}", hint="is the state folder whole, and writable?")
    )


def _answer(call: Call, path: str, body: bytes) -> Answer:
    wait_ms = call.meter.request(call.now_ms)
    if wait_ms is not None:
        raise ThrottledError(wait_ms)
    channel, verb = rules.PATHS[path]
    if channel == "entity" or path in SEVERAL:
        call.declare()
    if path == TRANSACTION:
        return perform_transaction(call, body)
    if path in SEVERAL:
        return perform_batch(call, verb, body)
    data = rules.decode(body)
    match verb:
        case "set":
            return call.set(data, channel)
        case "get":
            return call.get(data, channel)
        case "delete":
            return call.delete(data, channel)
        case "query":
            return call.query_entity(data) if channel == "entity" else call.query(data)


def _throttled(path: str, wait_ms: int) -> Answer:
    """429 with the whole seconds until there is room; the code of a transaction is its own."""
    code = "TOO_MANY_REQUESTS" if path == TRANSACTION else "RATE_LIMIT_EXCEEDED"
    seconds = -(-wait_ms // _SECOND_MS)
    return failed(429, code, "The rate limit of storage is reached", ("retry-after", str(seconds)))
