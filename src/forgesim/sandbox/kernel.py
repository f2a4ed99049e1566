"""The kernel's walls by ctypes: prctl, capabilities, rlimits, Landlock, seccomp, pidfds.

Every function raises OSError where the kernel refuses. Numbers are those of the kernel's user-space headers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import stat
import struct
from collections.abc import Iterable

from forgesim.sandbox.syscalls import TABLES

__all__ = [
    "bound_capabilities",
    "call",
    "close_range",
    "die_with_parent",
    "drop_capabilities",
    "find_tid",
    "forbid_privileges",
    "fork_beside",
    "getpid",
    "getppid",
    "install_filter",
    "landlock_abi",
    "landlock_rules",
    "limit_resources",
    "pidfd_getfd",
    "prctl",
    "restrict_files",
]

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_calls = TABLES.get(os.uname().machine)
_with_lock = ctypes.PyDLL(None)
_before_fork, _after_fork, _in_child = (
    _with_lock.PyOS_BeforeFork, _with_lock.PyOS_AfterFork_Parent, _with_lock.PyOS_AfterFork_Child
)  # fmt: skip
_clone = _with_lock.syscall
_clone_call: list[ctypes.c_long] = []

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 24, 28, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
PR_GET_TID_ADDRESS = 40
CLONE_BESIDE = 0x8000 | 0x200000 | 0x1000000 | 17
"""CLONE_PARENT, CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, SIGCHLD."""
SECUREBITS_ALL_LOCKED = 0x2F
"""NOROOT and NO_SETUID_FIXUP, each with its lock, and KEEP_CAPS_LOCKED: uid 0 gives no power back."""
SIGKILL = 9

getpid, getppid = os.getpid, os.getppid  # a worker's os has those that its guest shows to the app


def call(name: str, *args: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """One system call by name. Bytes and arrays are passed by address, None as a null pointer."""
    if _calls is None:
        raise OSError(errno.ENOSYS, f"{name}: no system call table for {os.uname().machine}")
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    result: int = _libc.syscall(ctypes.c_long(_calls[name]), *words)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def prctl(option: int, *args: int) -> int:
    return call("prctl", option, *(*args, 0, 0, 0, 0)[:4])


def find_tid() -> None:
    """Note where libc keeps the number of this thread, for ``fork_beside``. Raises OSError where it cannot be told."""
    place = ctypes.c_long()
    call("prctl", PR_GET_TID_ADDRESS, ctypes.addressof(place), 0, 0, 0)
    last = (place.value, 0) if os.uname().machine == "x86_64" else (0, place.value)
    _clone_call[:] = [ctypes.c_long(each) for each in ((_calls or {})["clone"], CLONE_BESIDE, 0, 0, *last)]


def fork_beside() -> int:
    """``os.fork`` for a process that is no child of this one but of its parent: this one learns nothing of its end."""
    _before_fork()
    pid: int = _clone(*_clone_call)
    if pid == 0:
        _in_child()
        return 0
    _after_fork()
    if pid < 0:
        raise OSError(errno.EPERM, "clone")
    return pid


# --- privileges and limits ----------------------------------------------------------------------------------


def die_with_parent(parent: int) -> None:
    """SIGKILL for this process when its parent ends; ``parent`` is the pid that it was forked by."""
    prctl(PR_SET_PDEATHSIG, SIGKILL)
    if getppid() != parent:
        os._exit(1)


def forbid_privileges() -> None:
    """no_new_privs: nothing executed from here on gains a privilege, which Landlock and seccomp ask for."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def bound_capabilities() -> None:
    """No program that this process or a child of it executes gains a capability. What it has, it keeps."""
    try:
        prctl(PR_SET_SECUREBITS, SECUREBITS_ALL_LOCKED)
        for capability in range(64):
            prctl(PR_CAPBSET_DROP, capability)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EINVAL):  # EPERM: had none; EINVAL: past the last one
            raise


def drop_capabilities() -> None:
    """All capabilities go, for good. The uid stays, as the app's files may be readable by it alone."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    call("capset", struct.pack("=Ii", 0x20080522, 0), bytes(24))


def limit_resources(*, memory: int, files: int, reserves: bool = False) -> None:
    """``memory`` in bytes, open ``files`` by count; no file may be written, dumped or locked in memory.

    ``reserves``: the program reserves address space that it never touches, as V8 does; only what it may write to
    counts then.

    RLIMIT_NPROC is left alone: root is exempt from it, and it counts the user's processes all over the
    machine.
    """
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_NOFILE: files,
        resource.RLIMIT_DATA if reserves else resource.RLIMIT_AS: memory,
    }
    for which, limit in limits.items():
        hard = resource.getrlimit(which)[1]
        bounded = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (bounded, bounded))


def close_range(first: int, last: int = 0xFFFFFFFF) -> None:
    """Close every descriptor from ``first`` to ``last``, by default all."""
    call("close_range", first, last, 0)


def pidfd_getfd(pidfd: int, descriptor: int) -> int:
    """A copy of another process's descriptor; needs the right to trace that process."""
    return call("pidfd_getfd", pidfd, descriptor, 0)


# --- Landlock -----------------------------------------------------------------------------------------------

EXECUTE, READ_FILE, READ_DIR = 1 << 0, 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILE_RIGHTS_NEWEST = (1 << 16) - 1
_NET_RIGHTS = 0b11
_SCOPES = 0b11
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1


def landlock_abi() -> int:
    """The version of Landlock that this kernel offers; 0 where it has none or hides it."""
    try:
        return call("landlock_create_ruleset", None, 0, _CREATE_RULESET_VERSION)
    except OSError:
        return 0


def landlock_rules(*, read: Iterable[str], list_only: Iterable[str] = (), execute: Iterable[str] = ()) -> int:
    """A ruleset (descriptor) under which only ``read`` and what lies beneath can be read, and nothing
    written.

    ``list_only`` are folders that may be listed, all the way down, but whose files stay closed; ``execute`` are files
    that may be read and executed. From ABI 4 on
    TCP is refused as well, from ABI 6 on signals and abstract sockets to the outside. Paths that do not exist
    are left out.
    """
    abi = landlock_abi()
    if abi < 1:
        raise OSError(errno.ENOSYS, "Landlock is not available")
    handled = _FILE_RIGHTS.get(abi, _FILE_RIGHTS_NEWEST)
    attributes = struct.pack("=QQQ", handled, _NET_RIGHTS, _SCOPES)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = call("landlock_create_ruleset", attributes, size, 0)
    for path in read:
        _allow(ruleset, path, READ_FILE | READ_DIR)
    for path in list_only:
        _allow(ruleset, path, READ_DIR)
    for path in execute:
        _allow(ruleset, path, READ_FILE | EXECUTE)
    return ruleset


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= ~READ_DIR
        call("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", rights, fd), 0)
    finally:
        os.close(fd)


def restrict_files(ruleset: int) -> None:
    """Put this thread under the ruleset, for good; needs no_new_privs."""
    call("landlock_restrict_self", ruleset, 0)


# --- seccomp ------------------------------------------------------------------------------------------------

_SECCOMP_SET_MODE_FILTER = 1
_NEW_LISTENER = 8


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install_filter(code: bytes, *, listener: bool) -> int:
    """Put this thread under an assembled filter, for good. Gives the listener's descriptor, or -1 without
    one.
    """
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    packed = ctypes.string_at(ctypes.addressof(program), ctypes.sizeof(program))
    result = call("seccomp", _SECCOMP_SET_MODE_FILTER, _NEW_LISTENER if listener else 0, packed)
    return result if listener else -1
