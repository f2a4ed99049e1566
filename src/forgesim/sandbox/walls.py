"""The walls of one worker: put up in order, then tried from inside before any app code is loaded."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import NamedTuple

from forgesim.sandbox import kernel
from forgesim.sandbox.policy import filter_for, filter_template, mother_template

__all__ = ["MEMORY_BYTES", "OPEN_FILES", "Plan", "confine", "gaps", "templates", "try_walls"]

MEMORY_BYTES = 512 * 1024 * 1024
"""What Forge gives a function by default; a guest may allocate this much over what the preloaded zygote maps.
"""
OPEN_FILES = 256

_REFUSED = (errno.EPERM, errno.EACCES, errno.ENOSYS)
_AF_INET, _SOCK_STREAM = 2, 1
_SIGCHLD = 17


class Plan(NamedTuple):
    """What confines a worker: Landlock ruleset (descriptor), filter template, its kind, memory in bytes.

    ``reserves``: it reserves address space that it never touches, so that only memory it may write to counts.
    """

    ruleset: int
    template: bytes
    witness: bool
    memory: int
    reserves: bool = False


def confine(plan: Plan, *, mother: bool) -> int:
    """Put up every wall round this process, for good. Gives the witness's listener, or -1. Raises OSError.

    ``mother``: they are those of the workers that it forks, too.
    """
    for _, put_up in _before_filter(plan):
        put_up()
    code = mother_template(os.uname().machine) if mother else filter_for(plan.template, kernel.getpid())
    return kernel.install_filter(code, listener=plan.witness)


def _before_filter(plan: Plan) -> tuple[tuple[str, Callable[[], None]], ...]:
    return (
        ("limits", lambda: _limit(plan)),
        ("capabilities", kernel.drop_capabilities),
        ("no_new_privs", kernel.forbid_privileges),
        ("landlock", lambda: kernel.restrict_files(plan.ruleset)),
    )


def _limit(plan: Plan) -> None:
    kernel.limit_resources(memory=plan.memory, files=OPEN_FILES, reserves=plan.reserves)


def templates(*, program: bool = False) -> tuple[bytes, bytes]:
    """The filter templates of this machine, without and with a witness; ``program``: for one that is executed."""
    arch = os.uname().machine
    return (
        filter_template(arch, witness=False, program=program),
        filter_template(arch, witness=True, program=program),
    )


def gaps(*, files: bool = True, calls: bool = True) -> list[str]:
    """What this process can still do and must not. Each attempt is harmless where it succeeds."""
    attempts: list[tuple[str, Callable[[], object]]] = []
    if calls:
        attempts += [
            ("make a socket", lambda: os.close(kernel.call("socket", _AF_INET, _SOCK_STREAM, 0))),
            ("execute a program", lambda: kernel.call("execve", None, None, None)),
            ("set up io_uring", lambda: kernel.call("io_uring_setup", 1, None)),
            ("signal its parent", lambda: os.kill(kernel.getppid(), 0)),
            ("start a process", _fork_and_end),
        ]
    if files:
        attempts += [
            ("read the root folder", lambda: os.close(os.open("/", os.O_RDONLY))),
            ("read /etc/passwd", lambda: os.close(os.open("/etc/passwd", os.O_RDONLY))),
        ]
    return [name for name, attempt in attempts if not _is_refused(attempt)]


def _fork_and_end() -> None:
    """The raw call: os.fork would run the interpreter's fork handlers."""
    if kernel.call("clone", _SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except FileNotFoundError:
        return True  # a private root has no such file
    except OSError as error:
        return error.errno in _REFUSED
    return False


def try_walls(plain: bytes, witnessed: bytes) -> dict[str, str | None]:
    """Put up each wall in this process, which ends after it, and say of each why it does not stand (null: it
    does).

    ``plain`` and ``witnessed`` are filter templates without and with a listener. With the listener closed the
    kernel itself refuses what would be asked, so that nobody has to answer here.
    """
    here = os.path.dirname(os.__file__)  # noqa: PTH120 - pathlib is heavier than what is timed here
    why: dict[str, str | None] = {}
    ruleset = -1
    try:
        ruleset = kernel.landlock_rules(read=[here])
    except OSError as error:
        why["landlock"] = _words(error)
    plan = Plan(ruleset, plain, witness=False, memory=4 << 30)
    for name, put_up in _before_filter(plan):
        if name not in why:
            why[name] = _failure(put_up)
    why.update(_try_filters(plain, witnessed))
    for name, files in (("landlock", True), ("seccomp", False)):
        if why[name] is None and (left := gaps(files=files, calls=not files)):
            why[name] = f"put up, but this still works: {', '.join(left)}"
    return why


def _try_filters(plain: bytes, witnessed: bytes) -> dict[str, str | None]:
    pid = kernel.getpid()
    try:
        os.close(kernel.install_filter(filter_for(witnessed, pid), listener=True))
    except OSError as error:
        return {"witness": _words(error), "seccomp": _failure(lambda: _install(plain, pid))}
    return {"witness": None, "seccomp": None}


def _install(template: bytes, pid: int) -> None:
    kernel.install_filter(filter_for(template, pid), listener=False)


def _failure(action: Callable[[], object]) -> str | None:
    try:
        action()
    except OSError as error:
        return _words(error)
    return None


def _words(error: OSError) -> str:
    return error.strerror or str(error)
