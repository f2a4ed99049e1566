"""Ways out of a process, as data: Python's functions and the kernel's calls, aimed at lures.

``{"own": n}`` is what step n of the same way gave.
"""

from __future__ import annotations

from typing import Any

__all__ = ["HOWS", "calls_of_files", "calls_of_host", "calls_of_kernel", "calls_of_network", "python_ways"]

HOWS = ("raw", "code", "libc", "raw", "code", "libc", "x32", "int80")
"""How a call reaches the kernel: ``syscall`` of libc, machine code, libc's own function, another ABI's number, another
ABI's door."""

Call = tuple[str, list[Any]]
Way = list[dict[str, Any]]

_SEAM = 3
_AT_FDCWD = -100
_READ, _WRITE = 0, 0o1101
_SIGNALS = (0, 9, 15, 19)
_NOW = 0


def _ref(name: str) -> dict[str, str]:
    return {"ref": name}


def calls_of_network() -> list[Call]:
    """Sockets of every family, and talk through those that are there."""
    made = [("socket", [family, kind, 0]) for family in (1, 2, 10, 16, 17, 38, 40) for kind in (1, 2, 3)]
    paired = [("socketpair", [1, kind, 0, {"buf": 8}]) for kind in (1, 2, 5)]
    targets = (("tcp_address", 16), ("udp_address", 16), ("unix_address", 110))
    aimed: list[Call] = []
    for fd in (_SEAM, {"slot": 0}, {"slot": 1}, 5):
        for name, size in targets:
            message = {"words": [_ref(name), size, {"words": ["stolen", 6]}, 1, 0, 0, 0]}
            aimed += [
                ("connect", [fd, _ref(name), size]),
                ("bind", [fd, _ref(name), size]),
                ("sendto", [fd, "stolen", 6, 0, _ref(name), size]),
                ("sendmsg", [fd, message, 0]),
                ("sendmmsg", [fd, message, 1, 0]),
            ]
        aimed += [("listen", [fd, 1]), ("accept", [fd, 0, 0]), ("shutdown", [fd, 2]), ("write", [fd, "stolen", 6])]
    return [*made, *paired, *aimed]


def calls_of_files() -> list[Call]:
    """Opening to read what is not the app's, and every kind of change."""
    read = ("file", "victim_environ", "host_environ", "host_root")
    own = ("/proc/self/environ", "/proc/self/mem", "/proc/1/environ", "/proc/self/fd/3", "/etc/passwd", "/", "/proc")
    paths = [*map(_ref, read), *own]
    calls: list[Call] = []
    for path in paths:
        calls += [
            ("open", [path, _READ, 0]),
            ("openat", [_AT_FDCWD, path, _READ, 0]),
            ("openat2", [_AT_FDCWD, path, {"words": [0, 0, 0]}, 24]),
            ("readlink", [path, {"buf": 200}, 200]),
        ]
    file, new, folder, empty = _ref("file"), _ref("new"), _ref("folder"), _ref("empty")
    for flags in (_WRITE, 1, 2, 0o20200002):
        calls += [("open", [path, flags, 0o600]) for path in (file, new, folder)]
        calls += [("openat", [_AT_FDCWD, path, flags, 0o600]) for path in (file, new, folder)]
    return [
        *calls,
        ("creat", [new, 0o600]), ("chmod", [file, 0o777]), ("fchmodat", [_AT_FDCWD, file, 0o777, 0]),
        ("fchmodat2", [_AT_FDCWD, file, 0o777, 0]), ("chown", [file, 1, 1]), ("lchown", [file, 1, 1]),
        ("fchownat", [_AT_FDCWD, file, 1, 1, 0]), ("truncate", [file, 0]), ("unlink", [file]),
        ("unlinkat", [_AT_FDCWD, file, 0]), ("rmdir", [empty]), ("mkdir", [new, 0o700]),
        ("mkdirat", [_AT_FDCWD, new, 0o700]), ("mknod", [new, 0o10600, 0]), ("mknodat", [_AT_FDCWD, new, 0o10600, 0]),
        ("symlink", [file, new]), ("symlinkat", [file, _AT_FDCWD, new]), ("link", [file, new]),
        ("linkat", [_AT_FDCWD, file, _AT_FDCWD, new, 0]), ("rename", [file, new]),
        ("renameat2", [_AT_FDCWD, file, _AT_FDCWD, new, 0]), ("utime", [file, _NOW]), ("utimes", [file, _NOW]),
        ("utimensat", [_AT_FDCWD, file, _NOW, 0]), ("setxattr", [file, "user.x", "y", 1, 0]),
        ("lsetxattr", [file, "user.x", "y", 1, 0]), ("removexattr", [file, "user.x"]),
        ("name_to_handle_at", [_AT_FDCWD, folder, {"buf": 128}, {"buf": 4}, 0]), ("chroot", [folder]),
        ("inotify_add_watch", [_SEAM, folder, 2]), ("fanotify_init", [0, 0]),
    ]  # fmt: skip


def calls_of_host() -> list[Call]:
    """Other processes: their signals, priorities, limits, memory."""
    victim, memory = _ref("victim"), _ref("victim_memory")
    here, there = {"words": [{"buf": 64}, 64]}, {"words": [memory, 64]}
    return [
        *(("kill", [victim, signal]) for signal in _SIGNALS),
        *(("tkill", [victim, signal]) for signal in _SIGNALS),
        *(("tgkill", [victim, victim, signal]) for signal in _SIGNALS),
        ("rt_sigqueueinfo", [victim, 15, {"words": [0] * 16}]), ("pidfd_open", [victim, 0]),
        ("pidfd_send_signal", [{"slot": 0}, 9, 0, 0]), ("pidfd_getfd", [{"slot": 0}, 0, 0]),
        ("setpriority", [0, victim, 15]), ("setpriority", [0, _ref("host"), 15]),
        ("ioprio_set", [1, victim, 3 << 13]), ("sched_setscheduler", [victim, 3, {"words": [0]}]),
        ("sched_setaffinity", [victim, 8, {"words": [1]}]), ("sched_getaffinity", [victim, 8, {"buf": 8}]),
        ("prlimit64", [victim, 7, {"words": [10, 10]}, 0]), ("prlimit64", [0, 7, {"words": [900, 900]}, 0]),
        ("ptrace", [16, victim, 0, 0]), ("ptrace", [0x4206, victim, 0, 0]),
        ("process_vm_readv", [victim, here, 1, there, 1, 0]),
        ("process_vm_writev", [victim, {"words": ["stolen!!", 8]}, 1, {"words": [memory, 8]}, 1, 0]),
        ("kcmp", [victim, victim, 0, 0, 0]), ("get_robust_list", [victim, {"buf": 8}, {"buf": 8}]),
        ("setpgid", [victim, 0]), ("getpgid", [victim]), ("setsid", []), ("setuid", [1]), ("setgid", [1]),
        ("setresuid", [1, 1, 1]), ("capset", [{"words": [0x20080522]}, {"words": [-1, -1, -1]}]),
    ]  # fmt: skip


def calls_of_kernel() -> list[Call]:
    """New processes, namespaces, mounts, and calls with a power of their own."""
    argv = {"words": [_ref("shell"), "-c", _ref("touch"), 0]}
    return [
        ("fork", []), ("vfork", []), ("clone", [17, 0, 0, 0, 0]), ("clone", [0x10011, 0, 0, 0, 0]),
        ("clone", [0x10000000 | 17, 0, 0, 0, 0]), ("clone3", [{"words": [0, 0, 0, 0, 17, 0, 0, 0]}, 64]),
        ("execve", [_ref("shell"), argv, 0]), ("execve", [_ref("script"), 0, 0]),
        ("execveat", [_AT_FDCWD, _ref("shell"), argv, 0, 0]), ("execveat", [{"slot": 0}, "", argv, 0, 0x1000]),
        ("memfd_create", ["x", 0]), ("memfd_secret", [0]), ("unshare", [0x10000000]), ("unshare", [0x7E020080]),
        ("setns", [_SEAM, 0]), ("mount", [_ref("folder"), _ref("empty"), 0, 4096, 0]),
        ("open_tree", [_AT_FDCWD, _ref("folder"), 1]), ("fsopen", ["tmpfs", 0]), ("fspick", [_AT_FDCWD, "/", 0]),
        ("move_mount", [_SEAM, "", _AT_FDCWD, _ref("empty"), 4]), ("mount_setattr", [_AT_FDCWD, "/", 0, 0, 0]),
        ("io_uring_setup", [4, {"buf": 120}]), ("io_uring_enter", [_SEAM, 1, 1, 1, 0, 0]),
        ("io_setup", [1, {"buf": 8}]),
        ("userfaultfd", [0]), ("userfaultfd", [1]), ("bpf", [0, {"buf": 64}, 64]),
        ("perf_event_open", [{"buf": 128}, 0, -1, -1, 0]),
        ("keyctl", [0, -3, 0]), ("add_key", ["user", "x", "y", 1, -3]), ("request_key", ["user", "x", 0, 0]),
        ("shmget", [7, 4096, 0o1666]), ("msgget", [7, 0o1666]), ("semget", [7, 1, 0o1666]),
        ("mq_open", ["x", 0o102, 0o600, 0]),
        ("personality", [0x0040000]), ("seccomp", [1, 0, {"words": [0, 0]}]), ("seccomp", [0, 0, 0]),
        ("prctl", [22, 1, 0, 0, 0]), ("prctl", [38, 0, 0, 0, 0]), ("prctl", [1, 0, 0, 0, 0]),
        ("prctl", [4, 1, 0, 0, 0]),
        ("prctl", [36, 1, 0, 0, 0]), ("landlock_create_ruleset", [0, 0, 1]), ("landlock_restrict_self", [_SEAM, 0]),
        ("mmap", [0, 4096, 7, 0x22, -1, 0]), ("mmap", [0, 4096, 1, 1, _SEAM, 0]), ("remap_file_pages", [0, 0, 0, 0, 0]),
        ("dup", [_SEAM]), ("dup2", [_SEAM, 100]), ("dup2", [1, _SEAM]), ("dup3", [_SEAM, 101, 0]), ("close", [_SEAM]),
        ("close_range", [0, 100, 0]),
        ("fcntl", [_SEAM, 0, 50]), ("fcntl", [_SEAM, 2, 0]), ("fcntl", [_SEAM, 4, 0o4000]),
        ("fcntl", [_SEAM, 8, _ref("host")]),
        ("ioctl", [_SEAM, 0x541B, {"buf": 8}]), ("ioctl", [0, 0x5412, "x"]), ("splice", [_SEAM, 0, 1, 0, 10, 0]),
        ("tee", [_SEAM, 1, 10, 0]), ("vmsplice", [_SEAM, {"words": ["x", 1]}, 1, 0]), ("sendfile", [_SEAM, 0, 0, 100]),
        ("setsockopt", [_SEAM, 1, 26, {"words": [0, 0]}, 16]),
        ("getsockopt", [_SEAM, 1, 17, {"buf": 12}, {"words": [12]}]),
        ("getpeername", [_SEAM, {"buf": 110}, {"words": [110]}]), ("recvmsg", [_SEAM, {"words": [0] * 7}, 0x40]),
        ("setitimer", [0, {"words": [0, 1000, 0, 1000]}, 0]), ("timer_create", [0, 0, {"buf": 8}]), ("alarm", [1]),
        ("exit", [0]), ("exit_group", [0]), ("exit_group", [137]), ("sched_yield", []),
    ]  # fmt: skip


def _py(name: str, *args: Any, **named: Any) -> dict[str, Any]:
    return {"do": "python", "name": name, "args": list(args), **({"named": named} if named else {})}


def _on(step: int, name: str, *args: Any) -> dict[str, Any]:
    return {"do": "python", "on": {"own": step}, "name": name, "args": list(args)}


def python_ways() -> list[Way]:
    """What a dependency would reach for."""
    return [*_of_network(), *_of_files(), *_of_processes(), *_of_itself()]


def _of_network() -> list[Way]:
    tcp, udp, unix = _ref("tcp"), _ref("udp"), _ref("unix")
    return [
        *([_py(f"{module}:socket", 2, 1), _on(0, "connect", tcp)] for module in ("socket", "_socket")),
        *([_py(f"{module}:socket", 2, 2), _on(0, "sendto", {"ref": "tcp_address"}, udp)]
        for module in ("socket", "_socket")),
        [_py("socket:socket", 2, 1), _on(0, "bind", tcp), _on(0, "listen", 1)],
        [_py("socket:socket", 1, 1), _on(0, "connect", unix)],
        [_py("socket:socket", 1, 2), _on(0, "connect", _ref("unix_datagrams")), _on(0, "fileno")],
        [_py("socket:create_connection", tcp)],
        [_py("socket:getaddrinfo", "localhost", _ref("port"))],
        [_py("socket:socketpair"), _py("socket:fromfd", _SEAM, 1, 1), _on(1, "fileno")],
        [_py("socket:fromfd", _SEAM, 1, 1), _py("socket:send_fds", {"own": 0}, [{"ref": "tcp_address"}], [0, _SEAM])],
        [_py("urllib.request:urlopen", _ref("url"))],
        [_py("http.client:HTTPConnection", "127.0.0.1", _ref("port")), _on(0, "request", "GET", "/")],
    ]  # fmt: skip


def _of_files() -> list[Way]:
    file, new, folder, empty = _ref("file"), _ref("new"), _ref("folder"), _ref("empty")
    read = [file, _ref("victim_environ"), _ref("host_environ"), _ref("host_root"), "/proc/self/environ", "/etc/passwd"]
    return [
        *([_py("builtins:open", path), _on(0, "read")] for path in read),
        *([_py("io:FileIO", path), _on(0, "readall")] for path in read),
        *([_py("os:open", path, 0), _py("os:read", {"own": 0}, 200)] for path in read),
        *([_py("builtins:open", path, mode)] for path in (file, new) for mode in ("w", "a", "r+", "x")),
        *([_py("os:open", path, _WRITE, 0o600), _py("os:write", {"own": 0}, _ref("tcp_address"))]
        for path in (file, new)),
        [_py("os:chmod", file, 0o777)], [_py("os:chown", file, 1, 1)], [_py("os:utime", file)],
        [_py("os:truncate", file, 0)], [_py("os:unlink", file)], [_py("os:rmdir", empty)], [_py("os:mkdir", new)],
        [_py("os:symlink", file, new)], [_py("os:link", file, new)], [_py("os:rename", file, new)],
        [_py("os:mkfifo", new)], [_py("os:listdir", folder)], [_py("os:listdir", "/proc")], [_py("os:chdir", folder)],
        [_py("os:setxattr", file, "user.x", _ref("tcp_address"))], [_py("tempfile:mkstemp", dir=folder)],
        [_py("sqlite3:connect", new), _on(0, "execute", "create table t (x)")],
        [_py("shutil:copy", file, new)], [_py("pathlib:Path", file), _on(0, "read_text")],
    ]  # fmt: skip


def _of_processes() -> list[Way]:
    shell, touch, victim = _ref("shell"), _ref("touch"), _ref("victim")
    argv = [shell, "-c", touch]
    return [
        [_py("os:system", touch)],
        [_py("subprocess:run", argv)],
        [_py("os:posix_spawn", shell, argv, {"fields": {}})],
        [_py("os:execv", shell, argv)],
        [_py("os:set_inheritable", _SEAM, True), _py("os:execv", shell, argv)],
        [_py("os:execv", _ref("script"), ["run.sh"])],
        [_py("os:popen", touch)],
        [_py("multiprocessing:Process"), _on(0, "start")],
        [_py("os:forkpty")],
        *([_py("os:kill", victim, signal)] for signal in _SIGNALS),
        [_py("os:pidfd_open", victim), _py("signal:pidfd_send_signal", {"own": 0}, 9)],
        [_py("os:setpriority", 0, victim, 15)],
        [_py("os:sched_setaffinity", victim, [0])],
        [_py("resource:prlimit", victim, 7, [10, 10])],
        [_py("os:memfd_create", "x"), _py("os:write", {"own": 0}, _ref("tcp_address")),
        _py("os:execv", {"own": 0}, argv)],
    ]  # fmt: skip


def _of_itself() -> list[Way]:
    return [
        [_py("os:environ.copy")],
        [_py("os:getenv", "FORGESIM_LURE")],
        [_py("os:listdir", "/proc/self/fd")],
        [_py("builtins:open", "/proc/self/maps"), _on(0, "read")],
        [_py("gc:get_objects"), _on(0, "__len__")],
        [_py("sys:_current_frames")],
        [_py("signal:alarm", 1)],
        [_py("signal:raise_signal", 15)],
        [_py("os:_exit", 0)],
        [_py("os:abort")],
        [_py("os:dup2", 1, _SEAM)],
        [_py("os:close", _SEAM)],
        [_py("faulthandler:_sigsegv")],
        [_py("ctypes:string_at", 0)],
        [_py("sys:exit", 3)],
        [_py("threading:Timer", 0, {"own": 0})],
        [_py("mmap:mmap", -1, 4096, 0x22, 7)],
        [_py("mmap:mmap", -1, 1 << 31)],
    ]
