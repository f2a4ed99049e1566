"""Lots: parts of a proof that know nothing of each other, shared by the processes there are.

What a lot finds is a function of the lot. So the ledger has the same records in the same order however many processes
took part, and whichever of them did what.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

import msgspec

from forgesim.errors import ForgesimError, InputError, InternalError
from forgesim.ledger.records import Trial
from forgesim.proof.pairs import Lot, Pairs
from forgesim.runtime.handlers import Handlers
from forgesim.runtime.simulator import Simulator
from forgesim.sandbox.crew import Crew
from forgesim.sandbox.tiers import Tier

__all__ = ["Done", "Setup", "Shared", "error_of"]

HELPER = "forgesim.proof.helper"

AHEAD = 2
"""Lots that a helper has at most: the next one lies there when it is done with one, while we do one ourselves."""

_NO_MORE = object()


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a helper needs to begin; ``app`` and ``image`` are pickled."""

    app: bytes
    tier: Tier
    seed: int


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The records of a lot, or what went wrong: in words, and the exit code of such an error."""

    lot: Lot
    trials: tuple[Trial, ...] = ()
    error: str | None = None
    code: int = 0


def error_of(words: str, code: int) -> ForgesimError:
    """The error that another process has met, from its words and its exit code."""
    return InputError(words) if code == InputError.exit_code else InternalError(words)


class Shared:
    """Helpers of a proof. They are started when ``hands`` first says that there is more than one pair of them, ours
    included, and get ready while the scenarios are played."""

    def __init__(self, simulator: Simulator, hands: Callable[[], int]) -> None:
        self.app = simulator.app
        self._simulator = simulator
        self._hands = hands
        workers = simulator.workers
        app = pickle.dumps((simulator.app, workers.image))
        self._setup = msgspec.json.encode(Setup(app=app, tier=workers.sandbox.tier, seed=simulator.seed))
        self._crew = Crew(HELPER)
        self._busy: dict[int, int] = {}
        self._work: bytes | None = None

    def invite(self) -> None:
        """Start the helpers that there are hands for."""
        while len(self._busy) + 1 < self._hands():
            member = self._crew.start()
            self._busy[member] = 0
            self._crew.send(member, self._setup)
            if self._work is not None:
                self._crew.send(member, self._work)

    def run(
        self, pairs: Pairs, lots: Sequence[Lot], handlers: Handlers | None, own: Iterable[object] = ()
    ) -> Iterator[Done]:
        """Do the lots; what each found, in their order. ``handlers``: what is known of the app's. ``own``: what this
        process alone can do, a part at a time, before it takes lots itself. Raises what went wrong in the first lot
        that did."""
        self._simulator.workers.handlers = handlers
        self._work = pickle.dumps((pairs, handlers))
        for member in self._busy:
            self._crew.send(member, self._work)
        waiting, found, parts = deque(lots), dict[Lot, Done](), iter(own)
        for lot in lots:
            while lot not in found:
                self.invite()
                self._hand_out(waiting)
                if (idle := next(parts, _NO_MORE) is _NO_MORE) and waiting:
                    mine = waiting.popleft()
                    found[mine] = Done(lot=mine, trials=pairs.do(mine, self._simulator))
                self._hear(found, block=idle and not waiting and lot not in found)
            done = found.pop(lot)
            if done.error is not None:
                raise error_of(done.error, done.code)
            yield done

    def _hand_out(self, waiting: deque[Lot]) -> None:
        for depth in range(1, AHEAD + 1):
            for member, busy in self._busy.items():
                # The last ones go where somebody is free.
                if busy < depth and len(waiting) > (depth - 1) * 2 * len(self._busy):
                    self._busy[member] += 1
                    self._crew.send(member, msgspec.json.encode(waiting.popleft()))

    def _hear(self, found: dict[Lot, Done], *, block: bool) -> None:
        for message in self._crew.wait(None if block else 0) if self._busy else ():
            if message.data is None:
                raise InternalError("a helper of a proof ended before its time")
            done = msgspec.json.decode(message.data, type=Done)
            self._busy[message.member] -= 1
            found[done.lot] = done

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._crew.close()
