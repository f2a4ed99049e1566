"""The audit hook: it names what the app tries against its walls, and where. It is not the wall; the kernel is.

Events that the interpreter raises on its own (imports, time zones, tables of MIME types) are let pass: where they
reach outside, the kernel refuses them without a word, and the standard library copes.
"""

from __future__ import annotations

import opcode
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from forgesim.guest.failure import APP, app_line
from forgesim.guest.loader import AppLoader

__all__ = ["install"]

Report = Callable[[str, str, str | None], None]
Describe = Callable[[tuple[Any, ...]], str | None]

_MOST_REPORTS = 200
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_QUIET_READERS = (
    "importlib", "zipimport", "linecache", "mimetypes", "platform", "uuid", "locale", "gettext", "zoneinfo", "ssl",
    "tokenize", "sysconfig", "site", "ctypes", "netrc", "encodings", "pkgutil", "traceback",
)  # fmt: skip
"""Modules that look at files of the system for their own purposes."""

_LOOKING = frozenset({"open", "os.listdir", "os.scandir"})


def _address(address: Any) -> str:
    if isinstance(address, tuple) and len(address) > 1:
        return f"{address[0]}:{address[1]}"
    return repr(address)


def _socket(args: tuple[Any, ...]) -> str | None:
    family = int(args[1])
    if family in {-1, 1}:  # AF_UNIX: what socketpair() wraps; a connect is an event of its own
        return None
    names = {2: "AF_INET", 10: "AF_INET6", 16: "AF_NETLINK", 17: "AF_PACKET", 38: "AF_ALG", 40: "AF_VSOCK"}
    return f"open a socket ({names.get(family, family)})"


def _request(args: tuple[Any, ...]) -> str:
    return f"{args[3] or ('GET' if args[1] is None else 'POST')} {args[0]}"


def _database(args: tuple[Any, ...]) -> str | None:
    name = str(args[0])
    return None if name in (":memory:", "") or "mode=memory" in name else f"open the database {name!r}"


_DESCRIBE: dict[str, Describe] = {
    "socket.__new__": _socket,
    "socket.connect": lambda a: f"connect to {_address(a[1])}",
    "socket.bind": lambda a: f"listen at {_address(a[1])}",
    "socket.sendto": lambda a: f"send to {_address(a[1])}",
    "socket.sendmsg": lambda a: f"send to {_address(a[1])}" if a[1] is not None else None,
    "socket.getaddrinfo": lambda a: f"look up the host {a[0]!r}, port {a[1]!r}",
    "socket.gethostbyname": lambda a: f"look up the host {a[0]!r}",
    "socket.gethostbyaddr": lambda a: f"look up the host {a[0]!r}",
    "socket.getnameinfo": lambda a: f"look up the name of {_address(a[0])}",
    "http.client.connect": lambda a: f"connect to {a[1]}:{a[2]} by HTTP",
    "urllib.Request": _request,
    "ftplib.connect": lambda a: f"connect to {a[1]}:{a[2]} by FTP",
    "smtplib.connect": lambda a: f"connect to {a[1]}:{a[2]} by SMTP",
    "imaplib.open": lambda a: f"connect to {a[1]}:{a[2]} by IMAP",
    "poplib.connect": lambda a: f"connect to {a[1]}:{a[2]} by POP",
    "telnetlib.Telnet.open": lambda a: f"connect to {a[1]}:{a[2]} by Telnet",
    "webbrowser.open": lambda a: f"open a browser at {a[0]}",
    "subprocess.Popen": lambda a: f"run the program {a[0]!r} {a[1]!r}",
    "os.system": lambda a: f"run the shell command {a[0]!r}",
    "os.exec": lambda a: f"become the program {a[0]!r}",
    "os.posix_spawn": lambda a: f"run the program {a[0]!r}",
    "os.spawn": lambda a: f"run the program {a[1]!r}",
    "os.fork": lambda _: "fork",
    "os.forkpty": lambda _: "fork",
    "pty.spawn": lambda a: f"run the program {a[0]!r}",
    "os.kill": lambda a: f"send signal {a[1]} to process {a[0]}",
    "os.killpg": lambda a: f"send signal {a[1]} to process group {a[0]}",
    "os.remove": lambda a: f"delete {a[0]!r}",
    "os.rename": lambda a: f"rename {a[0]!r}",
    "os.mkdir": lambda a: f"create the folder {a[0]!r}",
    "os.rmdir": lambda a: f"delete the folder {a[0]!r}",
    "os.link": lambda a: f"link {a[0]!r}",
    "os.symlink": lambda a: f"link {a[1]!r}",
    "os.truncate": lambda a: f"truncate {a[0]!r}",
    "os.chmod": lambda a: f"change the mode of {a[0]!r}",
    "os.chown": lambda a: f"change the owner of {a[0]!r}",
    "os.utime": lambda a: f"change the times of {a[0]!r}",
    "os.setxattr": lambda a: f"change attributes of {a[0]!r}",
    "os.removexattr": lambda a: f"change attributes of {a[0]!r}",
    "ctypes.dlopen": lambda a: f"load the native library {a[0]!r}",
    "ctypes.dlsym": lambda a: f"reach the native function {a[1]!r}",
    "ctypes.dlsym/handle": lambda a: f"reach the native function {a[1]!r}",
    "resource.prlimit": lambda a: f"change the limits of process {a[0]}",
    "syslog.openlog": lambda _: "write to the system log",
    "syslog.syslog": lambda _: "write to the system log",
    "sqlite3.connect": _database,
    "sqlite3.load_extension": lambda _: "load a native extension into SQLite",
}


_CODE = frozenset({"__code__", "ag_code", "cr_code", "f_code", "gi_code"})
_MAKES_CODE = frozenset({"collections", "dataclasses"})
"""Modules that run code of their own making."""

_LOADERS = frozenset({"importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport", "zipfile"})
_EVALUATES = frozenset({"typing", "inspect", "annotationlib"})
"""Modules that evaluate annotations: names and subscripts, where they are honest."""

_DOES = frozenset(
    number
    for name, number in opcode.opmap.items()
    if name.startswith(("CALL", "IMPORT", "MAKE_FUNCTION", "SEND")) or "JUMP" in name
)
"""Operations that an annotation has no need of."""

_INSIDE: dict[str, Describe] = {
    "exec": lambda _: "runs code that it makes at run time",
    "compile": lambda _: "makes code at run time",
    "marshal.loads": lambda _: "loads code at run time",
    "pickle.find_class": lambda a: f"unpickles {a[0]}.{a[1]}",
    "code.__new__": lambda _: "makes code at run time",
    "function.__new__": lambda _: "makes a function at run time",
    "object.__getattr__": lambda a: f"looks into {a[1]}" if a[1] in _CODE else None,
    "sys._getframe": lambda _: "looks at its callers",
    "sys._current_frames": lambda _: "looks at all threads",
    "sys.settrace": lambda _: "traces itself",
    "sys.setprofile": lambda _: "profiles itself",
    "sys.addaudithook": lambda _: "listens to the interpreter",
    "gc.get_objects": lambda _: "looks through the memory",
    "gc.get_referrers": lambda _: "looks through the memory",
    "gc.get_referents": lambda _: "looks through the memory",
}
"""What leads out of no wall, but past coverage: told, and let pass."""


class _Auditor:
    """Decides which events are the app's, and says so once each, before it refuses."""

    def __init__(self, root: str, report: Report, tell: Report) -> None:
        self._root = root
        self._roots: tuple[str, ...] = ()
        self._report = report
        self._tell = tell
        self._left = _MOST_REPORTS
        self._noticing = 0
        self._noticed: set[tuple[str, str, str | None]] = set()
        self._cwd = os.getcwd()  # noqa: PTH109

    def check(self, event: str, args: tuple[Any, ...]) -> None:
        """Raise PermissionError where the app reaches outside."""
        what = self._what(event, args)
        if what is None:
            return
        looks = event in _LOOKING
        line = _whose(sys._getframe(2), looks=looks)  # noqa: SLF001 -- the hook's own caller is what matters
        if line is None and looks:
            return  # the interpreter's own business
        if self._left > 0:
            self._left -= 1
            self._report(event, what, line)
        place = f" ({line})" if line else ""
        raise PermissionError(1, f"the app may reach the outside through the Forge API only: {what}{place}")

    def notice(self, event: str, args: tuple[Any, ...]) -> None:
        """Tell of app code that coverage cannot follow, each line once for each event."""
        if self._noticing == threading.get_ident():
            return  # an event of what follows here
        self._noticing = threading.get_ident()
        try:
            self._notice(event, args, sys._getframe(2))  # noqa: SLF001
        finally:
            self._noticing = 0

    def _notice(self, event: str, args: tuple[Any, ...], frame: FrameType) -> None:
        what: str | None
        line: str | None = None
        if event == "import":
            what = self._native(args[1])
        elif event == "exec" and _module_of(frame) in _LOADERS:
            what = self._strange(frame)
        elif _acts_for_app(event, args, frame):
            what = _INSIDE[event](args)
            line = _whose(frame, looks=False)
        else:
            return
        if what is not None and (event, what, line) not in self._noticed and len(self._noticed) < _MOST_REPORTS:
            self._noticed.add((event, what, line))
            self._tell(event, what, line)

    def _strange(self, frame: FrameType) -> str | None:
        """What an import runs that is neither the app's code, nor a module of the interpreter or a dependency."""
        loader = _loader_of(frame)
        if isinstance(loader, AppLoader):
            return None
        path = str(getattr(loader, "path", None) or getattr(loader, "archive", ""))
        if path.startswith(f"{self._root}/"):
            return f"runs {path.removeprefix(self._root)}, which is no part of its code"
        kind = loader if isinstance(loader, type) else type(loader)
        known = kind.__module__.partition(".")[0] in _LOADERS and (path or isinstance(loader, type))
        return None if known else "runs code by a loader of its own"

    def _native(self, path: Any) -> str | None:
        if not isinstance(path, str) or not path.startswith(f"{self._root}/"):
            return None
        return f"loads {path.removeprefix(self._root)}, which is no Python"

    def _what(self, event: str, args: tuple[Any, ...]) -> str | None:
        if event == "open":
            return self._file(*args)
        if event in _LOOKING:
            return None if isinstance(args[0], int) or self._within(args[0] or ".") else f"list {args[0]!r}"
        return _DESCRIBE[event](args)

    def _file(self, path: Any, _mode: Any, flags: int) -> str | None:
        if isinstance(path, int):
            return None
        if flags & _WRITING:
            return None if os.fsdecode(path) == os.devnull else f"write to {os.fsdecode(path)!r}"
        return None if self._within(path) else f"read {os.fsdecode(path)!r}"

    def _within(self, path: Any) -> bool:
        text = os.path.normpath(os.path.join(self._cwd, os.fsdecode(path)))  # noqa: PTH118 -- raises no events
        if not self._roots:  # worked out when first needed: most workers never do
            self._roots = _readable(self._root)
        return text.startswith(self._roots) or f"{text}/" in self._roots


def _whose(frame: FrameType | None, *, looks: bool) -> str | None:
    """The app's line behind an event, None where the interpreter acts for itself (``looks``: it may look at files).

    A pool thread has no frame of the app's: then the app's line is that of the thread that waits for it.
    """
    inner = frame
    while inner is not None and not inner.f_code.co_filename.startswith(APP):
        name = str(inner.f_globals.get("__name__", ""))
        if looks and name.partition(".")[0].lstrip("_") in _QUIET_READERS:
            return None
        inner = inner.f_back
    if inner is not None:
        return app_line(inner)
    if threading.current_thread() is threading.main_thread():
        return None
    lines = (app_line(other) for other in sys._current_frames().values())  # noqa: SLF001
    return next((line for line in lines if line), "a thread of the app")


def _loader_of(frame: FrameType | None) -> object:
    """The loader that runs a module, from the frames of the import."""
    for _ in range(4):
        if frame is None:
            return None
        if frame.f_code.co_name in ("exec_module", "load_module", "_load_unlocked"):
            local = frame.f_locals
            return local.get("self") or local.get("cls") or getattr(local.get("spec"), "loader", None)
        frame = frame.f_back
    return None


def _module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _acts_for_app(event: str, args: tuple[Any, ...], frame: FrameType) -> bool:
    """Whether the app asks for it itself, or has a module of the standard library run code for it."""
    if frame.f_code.co_filename.startswith(APP):
        return True
    module = _module_of(frame)
    if event == "exec" and module in _EVALUATES and not _does_anything(args[0]):
        return False
    if event not in ("exec", "pickle.find_class") or module in _MAKES_CODE or module not in sys.stdlib_module_names:
        return False
    return _whose(frame, looks=False) is not None


def _does_anything(code: CodeType) -> bool:
    return not _DOES.isdisjoint(code.co_code[::2])


def _readable(root: str) -> tuple[str, ...]:
    """Prefixes of what an app may read: its own folder, and what Python is made of."""
    places = {root, sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)}
    folders = [f"{form}/" for place in places for form in (str(Path(place).resolve()), os.path.normpath(place))]
    return (*folders, os.devnull, "/dev/urandom", "/proc/self/")


def install(root: str, report: Report, tell: Report) -> None:
    """Arm the hook; it cannot be taken out again. ``root`` is the app folder, which may be read;
    ``report`` is told what is refused, ``tell`` what is let pass."""
    auditor = _Auditor(root, report, tell)
    watched = frozenset((*_DESCRIBE, *_LOOKING))
    noticed = frozenset((*_INSIDE, "import"))
    check, notice = auditor.check, auditor.notice

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in watched:
            check(event, args)
        elif event in noticed:
            notice(event, args)

    sys.addaudithook(hook)
