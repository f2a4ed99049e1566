"""The workers of one app: fresh ones, and at most one that is kept."""

from __future__ import annotations

from forgesim.runtime.handlers import Handlers
from forgesim.sandbox.host import Sandbox, Worker
from forgesim.sandbox.image import Image

__all__ = ["Workers"]


class Workers:
    """Workers for ``image``, the coverage units that they have ``hit``, and what they know of the app's handlers.

    ``warm``: a worker that is done serves the next invocation, as Forge often does; else each gets a fresh one.
    """

    def __init__(self, *, image: Image, sandbox: Sandbox, warm: bool) -> None:
        self.image = image
        self.sandbox = sandbox
        self.hit: set[int] = set()
        self.handlers: Handlers | None = None
        self.warm = warm
        self._spare: Worker | None = None

    def take(self) -> tuple[Worker, bool]:
        """A worker for one invocation, and whether the app is already imported in it."""
        spare, self._spare = self._spare, None
        if spare is not None and spare.alive:
            return spare, True
        return self.sandbox.spawn(self.image), False

    def give_back(self, worker: Worker, *, untouched: bool = False) -> None:
        """A worker that is not needed any more: kept where reuse is asked for or no app function ran in it."""
        if (self.warm or untouched) and worker.alive and self._spare is None:
            self._spare = worker
        else:
            worker.close()

    def close(self) -> None:
        """Stop the kept worker: the next invocation starts fresh."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None
