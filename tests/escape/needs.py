"""What a control needs of the machine or of the user: the reason where it is not there."""

from __future__ import annotations

import ctypes
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

from forgesim.sandbox.syscalls import TABLES

Need = Callable[[], str | None]


def root() -> str | None:
    return None if os.geteuid() == 0 else "the control needs root"


def x86_64() -> str | None:
    return None if os.uname().machine == "x86_64" else "written in machine code of x86_64"


def can_open(family: int, kind: int, protocol: int = 0) -> Need:
    """Whether this user may open such a socket here at all."""

    def need() -> str | None:
        try:
            socket.socket(family, kind, protocol).close()
        except OSError as error:
            return f"this machine or user cannot open such a socket: {error.strerror}"
        return None

    return need


def ip6() -> str | None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError as error:
        return f"no IPv6 on loopback: {error.strerror}"
    return None


def call(name: str, *args: int | bytes) -> Need:
    """Whether the kernel gives this user a descriptor for such a call."""

    def need() -> str | None:
        if (answer := kernel_answer(name, *args)) < 0:
            return f"{name} is not to be had here: {os.strerror(ctypes.get_errno())}"
        os.close(answer)
        return None

    return need


def file(path: str) -> Need:
    return lambda: None if Path(path).exists() else f"there is no {path}"


def pidfd_of_peer() -> str | None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        try:
            os.close(ours.getsockopt(socket.SOL_SOCKET, 77))
        except OSError as error:
            return f"SO_PEERPIDFD is not to be had here: {error.strerror}"
    return None


def user_namespaces() -> str | None:
    """Tried in a child, which ends with it."""
    child = os.fork()
    if child == 0:
        os._exit(0 if ctypes.CDLL(None).unshare(0x10000000) == 0 else 1)
    return None if os.waitpid(child, 0)[1] == 0 else "this machine refuses user namespaces to this user"


def keyring() -> str | None:
    return file("/proc/keys")() or call_answers("add_key", b"user", b"forgesim-probe", b"x", 1, -2)()


def call_answers(name: str, *args: int | bytes) -> Need:
    """The same for a call whose answer is no descriptor."""

    def need() -> str | None:
        if kernel_answer(name, *args) >= 0:
            return None
        return f"{name} is not to be had here: {os.strerror(ctypes.get_errno())}"

    return need


BPF_MAP = (b"\2\0\0\0\4\0\0\0\4\0\0\0\1\0\0\0").ljust(72, b"\0")
PERF_EVENT = (b"\1\0\0\0\x80\0\0\0").ljust(128, b"\0")


def newest_chmod() -> str | None:
    with tempfile.NamedTemporaryFile() as found:
        return call_answers("fchmodat2", -100, found.name.encode(), 0o600, 0)()


def can_open_by_handle() -> str | None:
    with tempfile.NamedTemporaryFile() as found:
        handle = ctypes.create_string_buffer((128).to_bytes(4, "little") + bytes(132))
        answer = kernel_answer("name_to_handle_at", -100, found.name.encode(), handle, ctypes.byref(ctypes.c_int()), 0)
    return root() if answer == 0 else "the file system of temporary files has no handles"


def kernel_answer(name: str, *args: object) -> int:
    """What a system call answers; negative where it fails or this architecture does not have it."""
    number = TABLES[os.uname().machine].get(name, -1)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    return int(libc.syscall(ctypes.c_long(number), *words))
