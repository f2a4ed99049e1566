"""Further processes of forgesim, side by side, each with a job of its own; they share nothing but files."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

__all__ = ["Ran", "run_crew"]

_TICK_S = 0.5
_GRACE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a process ended: its exit status, and what it printed; ``interrupted``: it was told to end early."""

    status: int
    out: bytes
    err: bytes
    interrupted: bool


def run_crew(module: str, jobs: Sequence[str], tick: Callable[[], None]) -> list[Ran]:
    """Run ``python -m module JOB`` for each job, and wait for all of them; ``tick`` is called meanwhile.

    SIGINT is passed on, once, and what they then print is waited for. Whatever else ends the wait ends them too.
    """
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.extend(_start(module, job) for job in jobs)
        try:
            return [_wait(process, tick) for process in started]
        except KeyboardInterrupt:
            for process in started:
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGINT)
            return [_wait(process, None) for process in started]
    finally:
        for process in started:
            _end(process)


def _start(module: str, job: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, job],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # a terminal's SIGINT comes to this process alone, which passes it on
    )


def _wait(process: subprocess.Popen[bytes], tick: Callable[[], None] | None) -> Ran:
    while True:
        try:
            out, err = process.communicate(timeout=_GRACE_S if tick is None else _TICK_S)
        except subprocess.TimeoutExpired:
            if tick is None:
                process.kill()
            else:
                tick()
        else:
            return Ran(status=process.returncode, out=out, err=err, interrupted=tick is None)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
