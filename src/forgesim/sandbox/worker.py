"""A worker's first moments: from the zygote's fork to the guest's own loop, walls first, failing closed."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from forgesim.sandbox import kernel
from forgesim.sandbox.program import IMAGE, Executed
from forgesim.sandbox.walls import Plan, confine, gaps
from forgesim.seam import Boot, Fatal, pack

__all__ = ["GO", "SEAM", "Birth", "nurse", "run"]

SEAM = 3
"""The seam's descriptor in every worker."""
GO = b"\x01"
"""The host's single byte outside any frame: it holds the listener, so refused calls are answered from now on.
"""

_RULESET = 4
_SPARE = 100
"""Where a descriptor waits while the low numbers are dealt out."""
_EXIT_GAPS, _EXIT_BROKEN = 97, 98
_QUESTION = 4096
"""More bytes than a Fork frame has."""


class Birth(NamedTuple):
    """All that a worker gets from its zygote. ``plan`` is null where it runs unconfined; ``guest`` is what ``serve``
    takes: what the guest program has prepared, or the program that the worker becomes. A ``mother`` forks workers
    behind her walls: they know no pid that is their own, for it would be hers."""

    seam: int
    parent: int
    plan: Plan | None
    guest: Any
    serve: Callable[..., NoReturn]
    audit: bool
    mother: bool = False


def run(birth: Birth) -> NoReturn:
    """Confine this process, then serve the app. Whatever fails ends the process before any app code is
    loaded.
    """
    status = _EXIT_BROKEN
    try:
        kernel.die_with_parent(birth.parent)
        plan = _deal_descriptors(birth)
        os.environ.clear()
        if plan is not None:
            _wall_in(plan, mother=birth.mother)
        birth.serve(SEAM, birth.guest, audit=birth.audit, nurse=nurse)
    except SystemExit:
        status = 0
    except BaseException:  # noqa: BLE001 - told to the host, whatever it was
        _say(pack(Fatal(why=traceback.format_exc()[-4000:])))
    finally:
        os._exit(status)


def nurse() -> None:
    """Fork a worker, and one more whenever the host asks again. Returns in each of them, which has a seam of its own
    then; the mother runs nothing but this from now on.

    The host has looked at her while she waits for the kernel, and it looks at the child: that goes on with this very
    call alone, and only when the end of its own seam is in the place of hers. It asks once and waits for what comes of
    it, so that one read is one question.
    """
    while kernel.fork_beside():
        if not os.read(SEAM, _QUESTION):
            os._exit(0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, kernel.SIGKILL)


def _deal_descriptors(birth: Birth) -> Plan | None:
    """0 to 2 are /dev/null, 3 the seam, 4 the ruleset, 5 what a program is to run; nothing else stays open."""
    plan = birth.plan
    program = birth.guest if isinstance(birth.guest, Executed) else None
    kept = program is not None
    seam = os.dup2(birth.seam, _SPARE, inheritable=False)
    ruleset = os.dup2(plan.ruleset, _SPARE + 1, inheritable=False) if plan is not None else None
    image = os.dup2(program.image, _SPARE + 2, inheritable=False) if program is not None else None
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd, inheritable=kept)
    os.dup2(seam, SEAM, inheritable=kept)
    if ruleset is not None:
        os.dup2(ruleset, _RULESET, inheritable=False)
    else:
        kernel.close_range(_RULESET, _RULESET)
    if image is not None:
        os.dup2(image, IMAGE)
    else:
        kernel.close_range(IMAGE, IMAGE)
    kernel.close_range(IMAGE + 1)
    return None if plan is None else plan._replace(ruleset=_RULESET)


def _wall_in(plan: Plan, *, mother: bool) -> None:
    """Put up the walls, hand the listener to the host, and try the walls while it answers."""
    if mother:
        kernel.find_tid()
    listener = confine(plan, mother=mother)
    os.close(_RULESET)
    if listener >= 0:
        _say(pack(Boot(listener=listener, pid=kernel.getpid())))
        if os.read(SEAM, 1) != GO:
            os._exit(_EXIT_BROKEN)
        os.close(listener)
    if left := gaps():
        _say(pack(Fatal(why=f"confinement self-test failed, this still works: {', '.join(left)}")))
        os._exit(_EXIT_GAPS)
    _say(pack(Boot(listener=-1, pid=kernel.getpid())))


def _say(data: bytes) -> None:
    while data:
        data = data[os.write(SEAM, data) :]
