"""The sandbox that a command asks for: confined, or in so many words without walls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from forgesim.errors import CannotConfineError
from forgesim.sandbox.host import Sandbox

__all__ = ["open_sandbox", "opening"]


def open_sandbox(*, unconfined: bool = False) -> Sandbox:
    """The best confinement of this machine; ``unconfined`` asks for none, which caps every verdict.

    Raises CannotConfineError where a wall is missing and it was not asked to do without.
    """
    return Sandbox(allow_unconfined=True, tier="none") if unconfined else Sandbox()


@contextmanager
def opening(*, unconfined: bool = False) -> Iterator[Callable[[], Sandbox]]:
    """Start the sandbox now and ask for it later: its processes get ready while the host reads the user's files.

    What is wrong with those files is told before what is wrong with the machine: the function that the block gets
    raises CannotConfineError, not the opening.
    """
    sandbox, failed = None, None
    try:
        sandbox = open_sandbox(unconfined=unconfined)
    except CannotConfineError as error:
        failed = error

    def opened() -> Sandbox:
        if sandbox is None:
            raise failed or CannotConfineError("no sandbox")
        return sandbox

    try:
        yield opened
    finally:
        if sandbox is not None:
            sandbox.close()
