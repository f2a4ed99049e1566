"""Namespaces and the private root: entered once by a zygote, where the machine allows it.

They add to Landlock and seccomp and replace neither: an empty network, own pids, and a root that holds the
interpreter's files and the app's folder, so that not even the existence of other files shows.
"""

# The process that waits outside the namespaces stays small without pathlib.
# ruff: noqa: PTH103, PTH110, PTH120, PTH123

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable, Sequence

from forgesim.sandbox.kernel import call

__all__ = ["HOSTNAME", "enter", "private_root", "try_mounting"]

HOSTNAME = "forge"

_NEW_NS, _NEW_UTS, _NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = (
    0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT = 1, 2, 4, 8, 32
_NOATIME, _NODIRATIME, _BIND, _REC, _PRIVATE, _RELATIME = 1024, 2048, 4096, 16384, 1 << 18, 1 << 21
_DETACH = 2
_DEVICES = ("/dev/null",)
_COVER = "/tmp"  # noqa: S108 - covered by an empty file system in this namespace alone, never written to

_KEPT = {1: _RDONLY, 2: _NOSUID, 4: _NODEV, 8: _NOEXEC, 1024: _NOATIME, 2048: _NODIRATIME, 4096: _RELATIME}
"""statvfs flag → mount flag: what a user namespace may not take off a mount that it did not make."""


def enter() -> None:
    """New mount, network, IPC, host name and pid namespaces (with a user namespace unless root). All or
    OSError.

    The calling process stays in its pid namespace: its next child is pid 1 of the new one.
    """
    uid, gid = os.getuid(), os.getgid()
    user = 0 if uid == 0 else _NEW_USER
    call("unshare", user | _NEW_NS | _NEW_UTS | _NEW_IPC | _NEW_PID | _NEW_NET)
    if user:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    call("sethostname", HOSTNAME.encode(), len(HOSTNAME))


def try_mounting() -> None:
    """Raises OSError where mounts are refused even in a namespace of our own (Ubuntu's AppArmor rule does
    that).
    """
    _mount(None, "/", None, _REC | _PRIVATE)
    _mount("tmpfs", _COVER, "tmpfs", _NOSUID | _NODEV, "size=1m")
    call("umount2", _COVER.encode(), _DETACH)


def private_root(paths: Sequence[str]) -> None:
    """Make ``paths`` (absolute, real) and the null device all that there is, read-only; there is no way back."""
    handles = [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in _outermost((*paths, *_DEVICES))]
    _mount("tmpfs", _COVER, "tmpfs", _NOSUID | _NODEV, "size=1m,mode=755")
    for path, fd in handles:
        _bind(path, fd)
        os.close(fd)
    _mount(None, _COVER, None, _REMOUNT | _RDONLY | _NOSUID | _NODEV, "size=1m,mode=755")
    os.chdir(_COVER)
    call("pivot_root", b".", b".")
    call("umount2", b".", _DETACH)
    os.chdir("/")


def _outermost(paths: Iterable[str]) -> list[str]:
    """The paths that exist and lie in no other of them: a bound folder brings what is in it."""
    kept: list[str] = []
    for path in sorted({p.rstrip("/") for p in paths if os.path.exists(p)}):
        if not any(path.startswith(f"{outer}/") for outer in kept):
            kept.append(path)
    return kept


def _bind(path: str, fd: int) -> None:
    target = _COVER + path
    if stat.S_ISDIR(os.fstat(fd).st_mode):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    kept = sum(flag for bit, flag in _KEPT.items() if os.fstatvfs(fd).f_flag & bit)
    _mount(f"/proc/self/fd/{fd}", target, None, _BIND | _REC)
    devices = 0 if path in _DEVICES else _NODEV
    _mount(None, target, None, _BIND | _REMOUNT | _RDONLY | _NOSUID | devices | kept)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    as_bytes = [None if text is None else text.encode() for text in (source, target, kind, options)]
    data = None if as_bytes[3] is None else ctypes.create_string_buffer(as_bytes[3])
    call("mount", as_bytes[0], as_bytes[1], as_bytes[2], flags, data)
