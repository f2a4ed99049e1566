"""The sandbox that a command asks for: confined, or in so many words without walls."""

from __future__ import annotations

from forgesim.sandbox.host import Sandbox

__all__ = ["open_sandbox"]


def open_sandbox(*, unconfined: bool = False) -> Sandbox:
    """The best confinement of this machine; ``unconfined`` asks for none, which caps every verdict.

    Raises CannotConfineError where a wall is missing and it was not asked to do without.
    """
    return Sandbox(allow_unconfined=True, tier="none") if unconfined else Sandbox()
