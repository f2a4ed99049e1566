"""The zygote: a process exec'd clean, with the interpreter and the sdk loaded, that forks one app's workers.

It has one thread, a clean environment and one control socket, and never runs app code: it hands the app's
compiled code to workers that confine themselves first. When the host goes away its control socket ends, and
so do its workers.
"""

from __future__ import annotations

import gc
import importlib
import marshal
import mmap
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterable
from types import ModuleType
from typing import NoReturn

from forgesim.sandbox import kernel, namespaces, worker
from forgesim.sandbox.control import (
    Adopt,
    Adopted,
    Born,
    Failed,
    Gone,
    Setup,
    Spawn,
    Watch,
    receive,
    send,
)
from forgesim.sandbox.program import Executed, become
from forgesim.sandbox.walls import Plan, templates

__all__ = ["serve"]


def serve(control: socket.socket, setup: Setup) -> NoReturn:
    """Serve the host; the forked workers leave this function for their own."""
    worker.run(_serve_host(control, setup))


def _serve_host(control: socket.socket, setup: Setup) -> worker.Birth:
    """Returns in a worker only, with nothing of the zygote left on the stack."""
    children: dict[int, int] = {}
    try:
        entry = _load(setup)
        adopt, descriptors = receive(control)
        assert isinstance(adopt, Adopt)
        birth = _adopt(adopt, descriptors[0], entry)
        send(control, Adopted())
        return _fork_on_demand(control, birth, children)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        _end_all(children.values())
    except Exception:  # noqa: BLE001 - the host is told in words, whatever it was
        send(control, Failed(traceback.format_exc()))
        os._exit(1)


# --- load: the guest program, then the one app --------------------------------------------------------------


def _load(setup: Setup) -> ModuleType:
    """Run the guest program's ``preload`` and give its entry module."""
    sys.dont_write_bytecode = not setup.write_bytecode
    importlib.import_module(setup.preload).preload()
    entry = importlib.import_module(setup.entry)
    sys.dont_write_bytecode = True
    return entry


def _adopt(adopt: Adopt, image_fd: int, entry: ModuleType) -> worker.Birth:
    if adopt.program:
        started = Executed(adopt.program, dict(adopt.environment), image_fd)
        return worker.Birth(-1, os.getpid(), _plan(adopt), started, become, audit=False)
    from forgesim.guest.image import image_of

    with os.fdopen(image_fd, "rb") as file:
        file.seek(0)
        fields = marshal.load(file)  # noqa: S302 - written by our own host
    image = image_of(**fields)
    plan = _plan(adopt)
    sys.path[:] = adopt.path
    sys.argv[:] = [""]
    guest = entry.prepare(worker.SEAM, image)  # from here on, clocks and randomness are the app's
    gc.collect()
    gc.freeze()
    return worker.Birth(-1, kernel.getpid(), plan, guest, entry.serve, adopt.audit)


def _plan(adopt: Adopt) -> Plan | None:
    if not adopt.confined:
        return None
    program = bool(adopt.program)
    memory = adopt.memory if program else _mapped_bytes() + adopt.memory
    if adopt.private_root:
        namespaces.private_root([*adopt.read, *adopt.list_only, *adopt.execute])
    ruleset = kernel.landlock_rules(read=adopt.read, list_only=adopt.list_only, execute=adopt.execute)
    kernel.bound_capabilities()
    plain, witnessed = templates(program=program)
    return Plan(ruleset, witnessed if adopt.witness else plain, adopt.witness, memory, reserves=program)


def _mapped_bytes() -> int:
    with open("/proc/self/statm") as file:  # noqa: PTH123 - pathlib is heavier than what is read here
        return int(file.read().split()[0]) * mmap.PAGESIZE


# --- fork ---------------------------------------------------------------------------------------------------


def _end_all(children: Iterable[int]) -> NoReturn:
    """End, and leave nobody behind: neither to run, nor for others to wait for."""
    if kernel.getpid() != 1:  # a namespace ends with its first process, and this is no such one
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.killpg(0, signal.SIGKILL)  # this one too, and whoever was forked that the host does not know yet
    os._exit(0)


def _fork_on_demand(control: socket.socket, birth: worker.Birth, children: dict[int, int]) -> worker.Birth:
    """Fork a worker per Spawn and tell each worker's end; returns in a worker only. ``children``: pidfd → pid of those
    that live."""
    with select.epoll() as ready:
        ready.register(control.fileno(), select.EPOLLIN)
        while True:
            for fd, _ in ready.poll():
                if fd in children:
                    ready.unregister(fd)
                    pid, status = os.waitpid(children.pop(fd), 0)
                    os.close(fd)
                    send(control, Gone(pid, status))
                    continue
                message, descriptors = receive(control)
                if isinstance(message, Watch):
                    children[descriptors[0]] = message.pid
                    ready.register(descriptors[0], select.EPOLLIN)
                    continue
                assert isinstance(message, Spawn)
                seam = descriptors[0]
                pid = os.fork()
                if pid == 0:
                    control.close()
                    return birth._replace(seam=seam, mother=message.mother)
                os.close(seam)
                pidfd = os.pidfd_open(pid)
                children[pidfd] = pid
                ready.register(pidfd, select.EPOLLIN)
                send(control, Born(pid), [pidfd])
