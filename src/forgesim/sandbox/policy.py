"""What a guest may ask of the kernel: an allow-list. What it does not name is refused and witnessed.

Nothing here opens a file for writing, makes a socket, starts a process, signals or tunes another process, or
changes anything's metadata. Files are read through Landlock's rules; talking goes through the seam, which is
open already.
"""

from __future__ import annotations

import errno

from forgesim.sandbox.bpf import (
    ALLOW,
    NOTIFY,
    Condition,
    In32,
    Masked32,
    Policy,
    Rules,
    Same64,
    assemble,
    compile_policy,
    errno_action,
)

__all__ = [
    "OWN_PID",
    "filter_for",
    "filter_template",
    "mother_policy",
    "mother_template",
    "program_policy",
    "python_policy",
]

OWN_PID = 0x5EED1234
"""Stands for the worker's own pid in a template; no pid is that high (``PID_MAX_LIMIT`` is 2^22)."""

_FREE = """
    read write readv writev pread64 pwrite64 close fstat newfstatat stat lstat statx lseek
    mmap mprotect munmap brk mremap madvise membarrier
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause
    getpid gettid getppid getuid geteuid getgid getegid getgroups getresuid getresgid
    getcwd readlink readlinkat access faccessat faccessat2 getdents64 fadvise64 umask
    dup dup2 dup3 pipe pipe2 close_range poll ppoll select pselect6
    epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2
    futex set_robust_list rseq set_tid_address sched_yield getcpu
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times restart_syscall
    getitimer setitimer alarm getrusage getrlimit uname sysinfo getrandom
    chdir fchdir fsync fdatasync getpgrp
    shutdown getsockname getpeername wait4 waitid exit exit_group
    """
"""Calls that are allowed whatever their arguments."""

QUIET = ("clone3", "openat2", "io_pgetevents")
"""Answered ENOSYS, so that libc falls back to a variant whose arguments a filter can see."""

OPEN_WRITES = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, __O_TMPFILE (the same bits on both architectures)."""

CLONE_THREAD = 0x100 | 0x800 | 0x10000
"""CLONE_VM, CLONE_SIGHAND, CLONE_THREAD: all three make a thread and not a process."""
CLONE_NEW = 0x7E020080
"""Every CLONE_NEW* bit that fits 32 bits."""

FCNTL = (0, 1, 2, 3, 4, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC: no locks, no owners, no leases."""
IOCTL = (0x5421, 0x5451, 0x5450, 0x541B, 0x5401, 0x5413)
"""FIONBIO, FIOCLEX, FIONCLEX, FIONREAD, TCGETS, TIOCGWINSZ."""
PRCTL = (15, 16, 0x53564D41)
"""PR_SET_NAME, PR_GET_NAME, PR_SET_VMA (glibc names its mappings)."""

AF_UNIX, SOCK_STREAM, SOCK_TYPE_MASK = 1, 1, 0xF
SOL_SOCKET = 1
SOCKET_OPTIONS = (3, 4, 7, 8, 30, 38, 39)
"""SO_TYPE, SO_ERROR, SO_SNDBUF, SO_RCVBUF, SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN: nothing about the peer. At the seam
that is the host, and SO_PEERPIDFD would hand out a descriptor of its process.
"""
SEND_FLAGS = 0x40 | 0x4000
"""MSG_DONTWAIT, MSG_NOSIGNAL. Out-of-band data would reach kernel code that nothing here has a use for."""
RECEIVE_FLAGS = 0x2 | 0x20 | 0x40 | 0x100 | 0x4000 | 0x40000000
"""MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT, MSG_WAITALL, MSG_NOSIGNAL, MSG_CMSG_CLOEXEC."""
PRIO_PROCESS = 0
MAP_SHARED = 1
"""Set in MAP_SHARED_VALIDATE too."""


def python_policy(refuse: int, pid: int = OWN_PID) -> Policy:
    """The allow-list, with ``refuse`` for calls whose arguments are out of bounds."""

    def only(*conditions: Condition, otherwise: int = refuse) -> Rules:
        return Rules((conditions,), ALLOW, otherwise)

    read_only = errno_action(errno.EACCES)
    threads = NOTIFY if refuse == NOTIFY else ALLOW  # the host counts them, where it can be asked
    return {
        **dict.fromkeys(_FREE.split(), ALLOW),
        **dict.fromkeys(QUIET, errno_action(errno.ENOSYS)),
        "open": only(Masked32(1, 0, OPEN_WRITES), otherwise=read_only),
        "openat": only(Masked32(2, 0, OPEN_WRITES), otherwise=read_only),
        "clone": Rules(((Masked32(0, CLONE_THREAD, CLONE_THREAD | CLONE_NEW),),), threads, refuse),
        "fcntl": only(In32(1, FCNTL)),
        "ioctl": only(In32(1, IOCTL), otherwise=errno_action(errno.ENOTTY)),
        "prctl": only(In32(0, PRCTL)),
        "getpriority": only(Masked32(0, PRIO_PROCESS), Masked32(1, 0)),
        "getpgid": only(Masked32(0, 0)),
        "getsid": only(Masked32(0, 0)),
        "kill": only(Masked32(0, pid)),
        "tgkill": only(Masked32(0, pid)),
        **dict.fromkeys(("sched_getaffinity", "sched_getparam", "sched_getscheduler"), only(In32(0, (0, pid)))),
        "prlimit64": only(In32(0, (0, pid)), Same64(2, 0)),
        "socketpair": only(Masked32(0, AF_UNIX), Masked32(1, SOCK_STREAM, SOCK_TYPE_MASK)),
        "sendto": only(Same64(4, 0), Masked32(3, 0, ~SEND_FLAGS & 0xFFFFFFFF)),
        "recvfrom": only(Masked32(3, 0, ~RECEIVE_FLAGS & 0xFFFFFFFF)),
        "getsockopt": only(Masked32(1, SOL_SOCKET), In32(2, SOCKET_OPTIONS)),
    }


_FREE_TO_PROGRAMS = """
    arch_prctl pkey_alloc pkey_mprotect pkey_free capget sched_get_priority_max sched_get_priority_min
    sched_getaffinity mincore
    """
"""What the loader, V8 and Go ask for beside all that Python does (facts by ``strace``; arguments do no harm)."""
_PRCTL_OF_PROGRAMS = (*PRCTL, 3, 23, 39)
"""Beside Python's: PR_GET_DUMPABLE, PR_CAPBSET_READ, PR_GET_NO_NEW_PRIVS. All else is EINVAL, as if it were unknown."""


def program_policy(refuse: int, execute: int, pid: int = OWN_PID) -> Policy:
    """The allow-list of a program that is executed behind the walls, such as Node. ``execute`` answers ``execve``; what
    may be executed is for Landlock to say.
    """
    return {
        **python_policy(refuse, pid),
        **dict.fromkeys(_FREE_TO_PROGRAMS.split(), ALLOW),
        "prctl": Rules(((In32(0, _PRCTL_OF_PROGRAMS),),), ALLOW, errno_action(errno.EINVAL)),
        # V8 asks for its threads, by their own number: it does without an answer.
        **dict.fromkeys(
            ("sched_getparam", "sched_getscheduler"),
            Rules(((In32(0, (0, pid)),),), ALLOW, errno_action(errno.EPERM)),
        ),
        "io_uring_setup": errno_action(errno.ENOSYS),  # libuv asks whether it is there, and does without
        "execve": execute,
    }


def mother_policy(refuse: int) -> Policy:
    """The allow-list of a worker that forks others, and theirs. What she maps as shared they would share with each
    other, so that the host is asked; a pid of one's own there is none, as it would be hers.
    """
    return {**python_policy(refuse), "mmap": Rules(((Masked32(3, 0, MAP_SHARED),),), ALLOW, refuse)}


def mother_template(arch: str) -> bytes:
    """Her filter, assembled, with a witness."""
    return assemble(compile_policy(mother_policy(NOTIFY), NOTIFY, arch))


def filter_template(arch: str, *, witness: bool, program: bool = False, execute: int | None = None) -> bytes:
    """The assembled filter with OWN_PID in the pid's place.

    With ``witness`` a refused call waits for the host's answer, else it fails with EPERM at once. ``program``: that of
    an executed program, whose ``execute`` answers ``execve`` (null: as anything refused).
    """
    refuse = NOTIFY if witness else errno_action(errno.EPERM)
    policy = program_policy(refuse, refuse if execute is None else execute) if program else python_policy(refuse)
    return assemble(compile_policy(policy, refuse, arch))


def filter_for(template: bytes, pid: int) -> bytes:
    """The filter of one process. ``pid`` is the pid that the process itself sees."""
    return template.replace(OWN_PID.to_bytes(4, "little"), pid.to_bytes(4, "little"))
