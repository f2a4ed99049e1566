"""SIGINT and SIGTERM while a campaign runs: noted, and acted on between two cases.

Raised in the middle, they would be taken for a failure of the case, or be lost in code that swallows exceptions.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

__all__ = ["Signals"]

_NOTED = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """In the block, the first signal is kept in ``seen``; a second one does what it did before, and so does the first
    at the end where it was SIGTERM. In another thread than the main one nothing changes."""

    def __init__(self) -> None:
        self.seen: int | None = None
        self._before: dict[int, signal.Handlers | object | None] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in _NOTED}
        return self

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.seen = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before = {}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()
        if self.seen == signal.SIGTERM:
            signal.raise_signal(signal.SIGTERM)
