"""The kernel witness: each system call that the filter refuses waits until the host has read and answered it.

The answer is a refusal or a dead descriptor, so a guest that changes its memory in between changes only what is
written down about a call that was not made. Some may go on, for all that counts of them is in registers, which no
other thread can change, or there is no other: ``clone`` for a thread; the ``clone`` of a mother that was asked for it,
and her child's first call; what her children ask about themselves; the one ``execve`` of a process that becomes a
program.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import socket
import struct
from contextlib import suppress
from typing import NamedTuple

from forgesim.sandbox import kernel
from forgesim.sandbox.policy import CLONE_NEW, CLONE_THREAD
from forgesim.sandbox.syscalls import TABLES

__all__ = [
    "ASKED",
    "Notice",
    "describe",
    "give_decoy",
    "is_harmless",
    "let_pass",
    "makes_process",
    "makes_thread",
    "put_descriptor",
    "receive",
    "refuse",
    "socket_address",
]


def _ioctl(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("!") << 8 | number


_NOTICE = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_DECOY = struct.Struct("=QIIII")
_RECEIVE, _SEND, _ADD_FD = _ioctl(3, 0, 80), _ioctl(3, 1, 24), _ioctl(1, 3, 24)
_SET_FD, _ADD_FD_AND_SEND = 1, 2
_CONTINUE = 1
_MAX_TEXT = 1024
_PAGE = 4096

_NAMES = {number: name for name, number in TABLES.get(os.uname().machine, {}).items()}

_PATH_FIRST = """
    access acct chdir chmod chown chroot creat execve getxattr lchown lgetxattr link listxattr llistxattr
    lremovexattr lsetxattr memfd_create mkdir mknod open removexattr rename rmdir setxattr statfs swapoff
    swapon truncate umount2 unlink uselib utime utimes
"""
_PATH_SECOND = """
    execveat fchmodat fchmodat2 fchownat fspick futimesat inotify_add_watch linkat mkdirat mknodat mount
    move_mount name_to_handle_at open_tree renameat renameat2 setxattrat symlink unlinkat utimensat
"""
_PATH_IN = {
    **dict.fromkeys(_PATH_FIRST.split(), 0),
    **dict.fromkeys(_PATH_SECOND.split(), 1),
    "symlinkat": 2,
    "fanotify_mark": 4,
}
"""Calls that name a file → which argument points at its path."""

_ADDRESS_IN = {"connect": (1, 2), "bind": (1, 2), "sendto": (4, 5)}
_SIGNAL_IN = {
    "kill": 1,
    "tkill": 1,
    "tgkill": 2,
    "rt_sigqueueinfo": 1,
    "rt_tgsigqueueinfo": 2,
    "pidfd_send_signal": 1,
}
ASKED = frozenset({"kill", "tgkill", "sched_getaffinity", "sched_getparam", "sched_getscheduler", "prlimit64", "mmap"})
"""What a mother and her children have to ask the host for, and other workers need not."""
_FAMILIES = {
    1: "AF_UNIX",
    2: "AF_INET",
    10: "AF_INET6",
    16: "AF_NETLINK",
    17: "AF_PACKET",
    38: "AF_ALG",
    40: "AF_VSOCK",
}
_TYPES = {1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 5: "SOCK_SEQPACKET"}
_TYPE_MASK = 0xF


class Notice(NamedTuple):
    """A call that waits: ``id`` to answer it by, the calling thread as the host sees it, its arguments."""

    id: int
    thread: int
    call: str
    args: tuple[int, ...]


def receive(listener: int) -> Notice | None:
    """The next call that waits; null where its thread is gone by now."""
    buffer = bytearray(_NOTICE.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer)
    except OSError:
        return None
    number, thread, _, call, _, _, *args = _NOTICE.unpack(buffer)
    return Notice(number, thread, _NAMES.get(call, f"call {call}"), tuple(args))


def refuse(listener: int, notice: Notice, number: int = errno.EPERM) -> None:
    """The call fails with the error ``number``. A thread that is gone needs no answer."""
    _answer(listener, _ANSWER.pack(notice.id, 0, -number, 0))


def makes_thread(notice: Notice) -> bool:
    """Whether the call is ``clone`` for a thread of its own process, and for nothing else."""
    return notice.call == "clone" and notice.args[0] & (CLONE_THREAD | CLONE_NEW) == CLONE_THREAD


def makes_process(notice: Notice) -> bool:
    """Whether the call is ``fork_beside``: the new process shares nothing with the caller but what is open."""
    return notice.call == "clone" and notice.args[:2] == (kernel.CLONE_BESIDE, 0)


def is_harmless(notice: Notice, pid: int) -> bool:
    """Whether the call is about the process ``pid``, which asks, or maps memory: what a worker may do, and one that was
    forked by another has to ask the host for. All that counts is in registers."""
    if notice.call == "mmap":
        return True
    asks = notice.call in ASKED and (notice.call != "prlimit64" or notice.args[2] == 0)
    return asks and notice.args[0] & 0xFFFFFFFF == pid


def put_descriptor(listener: int, notice: Notice, descriptor: int, number: int) -> None:
    """Give the calling process a copy of ``descriptor`` as its ``number``, in place of what that was. Raises OSError
    where the call does not wait any more."""
    request = _DECOY.pack(notice.id, _SET_FD, descriptor, number, 0)
    fcntl.ioctl(listener, _ADD_FD, bytearray(request))


def let_pass(listener: int, notice: Notice) -> None:
    """The call is made: one of those that may go on."""
    _answer(listener, _ANSWER.pack(notice.id, 0, 0, _CONTINUE))


def _answer(listener: int, answer: bytes) -> None:
    with suppress(OSError):
        fcntl.ioctl(listener, _SEND, bytearray(answer))


def give_decoy(listener: int, notice: Notice) -> bool:
    """Answer ``socket`` with one end of a pair whose other end is closed, so that the next call names its
    target.

    It gives nothing: a guest may make pairs itself, and whatever it would connect, bind or address is
    refused. False where the call asks for something else than a usual socket, or the kernel cannot do it
    (before 5.14).
    """
    if notice.call != "socket" or notice.args[0] not in (1, 2, 10) or notice.args[1] & _TYPE_MASK not in (1, 2):
        return False
    end, other = socket.socketpair()
    with end, other:
        request = _DECOY.pack(notice.id, _ADD_FD_AND_SEND, end.fileno(), 0, os.O_CLOEXEC)
        try:
            fcntl.ioctl(listener, _ADD_FD, bytearray(request))
        except OSError:
            return False
    return True


# --- what a call is about -----------------------------------------------------------------------------------


def describe(notice: Notice) -> str | None:
    """What the call is about: an address, a path, a signal. No pids and no pointers, which differ from run to
    run.
    """
    call, args = notice.call, notice.args
    if call in _ADDRESS_IN:
        where, size = _ADDRESS_IN[call]
        return _address(notice.thread, args[where], args[size])
    if call in ("sendmsg", "sendmmsg"):
        header = _read(notice.thread, args[1], 12)
        return _address(notice.thread, *struct.unpack("=QI", header)) if len(header) == 12 else None
    if call in ("socket", "socketpair"):
        kind = args[1] & _TYPE_MASK
        return f"{_FAMILIES.get(args[0], f'family {args[0]}')} {_TYPES.get(kind, f'type {kind}')}"
    if call in _PATH_IN:
        return _text(notice.thread, args[_PATH_IN[call]])
    if call in _SIGNAL_IN:
        return f"signal {args[_SIGNAL_IN[call]]}"
    return None


def _address(thread: int, pointer: int, size: int) -> str | None:
    data = _read(thread, pointer, min(size, 110)) if pointer else b""
    return socket_address(data) if data else None


def socket_address(data: bytes) -> str:
    """A ``struct sockaddr`` in words: ``127.0.0.1:80``, ``[::1]:80``, ``unix:/run/x``, ``unix:@name``."""
    family = int.from_bytes(data[:2], "little")
    port = int.from_bytes(data[2:4], "big")
    if family == socket.AF_INET and len(data) >= 8:
        return f"{socket.inet_ntop(socket.AF_INET, data[4:8])}:{port}"
    if family == socket.AF_INET6 and len(data) >= 24:
        return f"[{socket.inet_ntop(socket.AF_INET6, data[8:24])}]:{port}"
    if family == socket.AF_UNIX:
        abstract = data[2:3] == b"\0"
        name = data[3:] if abstract else data[2:].split(b"\0")[0]
        return f"unix:{'@' if abstract else ''}{name.decode('utf-8', 'replace')}"
    return _FAMILIES.get(family, f"family {family}")


def _text(thread: int, pointer: int) -> str | None:
    """A C string of the guest's, at most 1,024 bytes of it."""
    data = b""
    while pointer and len(data) < _MAX_TEXT:
        page = _read(thread, pointer + len(data), _PAGE - (pointer + len(data)) % _PAGE)
        data += page
        if not page or 0 in page:
            break
    text = data.split(b"\0")[0][:_MAX_TEXT].decode("utf-8", "replace")
    return text or None


def _read(thread: int, pointer: int, size: int) -> bytes:
    """Memory of a guest's thread; empty where it cannot be read."""
    buffer = ctypes.create_string_buffer(size)
    here = struct.pack("=QQ", ctypes.addressof(buffer), size)
    there = struct.pack("=QQ", pointer, size)
    try:
        count = kernel.call("process_vm_readv", thread, here, 1, there, 1, 0)
    except OSError:
        return b""
    return buffer.raw[:count]
