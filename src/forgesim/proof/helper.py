"""One of several processes of a proof: does the lots that ``share.Shared`` hands out."""

from __future__ import annotations

import pickle
import sys

import msgspec

from forgesim.errors import ForgesimError, InternalError
from forgesim.ledger.records import Record, Trial
from forgesim.proof.pairs import Lot, Pairs
from forgesim.proof.share import Done, Setup
from forgesim.runtime.simulator import Simulator
from forgesim.sandbox.crew import Caller
from forgesim.sandbox.host import Sandbox

__all__ = ["main"]


def main() -> int:
    """Serve until there is no more to do."""
    caller = Caller()
    if (setup := caller.read()) is not None:
        _serve(caller, msgspec.json.decode(setup, type=Setup))
    return 0


def _serve(caller: Caller, setup: Setup) -> None:
    app, image = pickle.loads(setup.app)  # noqa: S301 - of the process that started this one
    with Sandbox(allow_unconfined=setup.tier == "none", tier=setup.tier) as sandbox:
        simulator = Simulator(app=app, image=image, sandbox=sandbox, ledger=NoLedger(), seed=setup.seed)
        try:
            if (work := caller.read()) is None:
                return
            pairs, simulator.workers.handlers = pickle.loads(work)  # noqa: S301 - as above
            while (asked := caller.read()) is not None:
                lot = msgspec.json.decode(asked, type=Lot)
                caller.say(msgspec.json.encode(_done(pairs, lot, simulator)))
        finally:
            simulator.close()


class NoLedger:
    """The ledger is the other process's: lots give their records back."""

    def write(self, record: Record) -> None:
        raise InternalError(f"a helper writes a {type(record).__name__} record")

    def flush(self) -> None:
        """Nothing to hand on."""


def _done(pairs: Pairs, lot: Lot, simulator: Simulator) -> Done:
    trials: tuple[Trial, ...] = ()
    try:
        trials = pairs.do(lot, simulator)
    except ForgesimError as error:
        return Done(lot=lot, error=str(error), code=error.exit_code)
    except Exception as error:  # noqa: BLE001 - a bug of ours is told as such, by the process that was called
        bug = InternalError.of(error, f"{lot.kind} {lot.number} failed")
        return Done(lot=lot, error=str(bug), code=bug.exit_code)
    return Done(lot=lot, trials=trials)


if __name__ == "__main__":
    sys.exit(main())
