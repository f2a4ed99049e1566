"""Whether a thread of the app may still do something: only when none may, the guest is idle."""

from __future__ import annotations

import concurrent.futures.thread as pools
import sys
import threading
import weakref
from typing import Any

__all__ = ["Threads"]

_PAUSE_S = 0.002
_STEADY = 5  # looks in which every thread was parked at the same place


class Threads:
    """Jobs of thread pools and threads that the app started."""

    def __init__(self) -> None:
        self._jobs: weakref.WeakSet[Any] = weakref.WeakSet()
        self._woken = threading.Event()

    def install(self) -> None:
        """Count the jobs of thread pools from submission until their callbacks have run."""
        jobs = self._jobs
        plain: Any = vars(pools)["_WorkItem"]

        class WorkItem(plain):  # type: ignore[misc]
            def __init__(self, *args: Any) -> None:
                super().__init__(*args)
                jobs.add(self)

            def run(self, *args: Any) -> None:
                try:
                    super().run(*args)
                finally:
                    jobs.discard(self)

        vars(pools)["_WorkItem"] = WorkItem

    def wake(self) -> None:
        """End a pause early; any thread may call it."""
        self._woken.set()

    def wait(self) -> None:
        """Let the threads run for a moment of real time."""
        self._woken.wait(_PAUSE_S)
        self._woken.clear()

    def live(self) -> list[threading.Thread]:
        """The threads that may still do something: all but pool threads without a job."""
        if threading.active_count() == 1:
            return []
        resting = () if self._jobs else vars(pools)["_threads_queues"]
        main = threading.main_thread()
        return [thread for thread in threading.enumerate() if thread is not main and thread not in resting]

    def wait_until_still(self, is_ready: Any) -> bool:
        """Wait until no thread can run, which is True, or until ``is_ready()``, which is False.

        Threads that wait for each other, or for the loop, in a lock of the standard library cannot run.
        """
        steady, places = 0, None
        while threads := self.live():
            if is_ready():
                return False
            seen = _parked(threads, len(self._jobs))
            steady = steady + 1 if seen is not None and seen == places else 0
            places = seen
            if steady >= _STEADY:
                return not is_ready()
            self.wait()
        return not is_ready()


def _parked(threads: list[threading.Thread], jobs: int) -> list[tuple[int | None, int]] | None:
    """Where each thread waits, without a timeout that could end it; None while one is running or has a job to take."""
    frames = sys._current_frames()  # noqa: SLF001 -- the only view of another thread's stack
    pool = vars(pools)["_threads_queues"]
    places, resting, blocked = [], 0, 0
    for thread in threads:
        frame = frames.get(thread.ident or 0)
        if frame is None:
            return None
        if thread in pool and frame.f_code.co_name == "_worker":
            resting += 1
        elif frame.f_globals.get("__name__") == "threading" and frame.f_locals.get("timeout") is None:
            blocked += thread in pool
        else:
            return None
        places.append((thread.ident, frame.f_lasti))
    return None if resting and jobs > blocked else places
