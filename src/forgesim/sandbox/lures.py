"""Things of this machine that a confined program must not reach: listeners, files, a process; and who reached them.

All are made here: loopback sockets, a folder of its own, a child. None of them asks the program anything, so what they
tell cannot be talked round.
"""

from __future__ import annotations

import os
import resource
import select
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["Lures"]

Given = dict[str, int | str | list[int | str] | dict[str, str]]

_SHELL = "/bin/sh"
_VICTIM = """
import ctypes, sys
kept = ctypes.create_string_buffer(sys.argv[1].encode())
print(ctypes.addressof(kept), flush=True)
sys.stdin.read()
"""
_STATUS = ("State", "TracerPid", "Uid", "Gid", "Seccomp", "SigPnd", "ShdPnd", "SigIgn", "SigCgt", "Cpus_allowed")
_SETTLED = {"S (sleeping)": "waits", "R (running)": "waits", "D (disk sleep)": "waits"}


class Lures:
    """``secret`` lies in files, environment and memory, and must come out nowhere. ``look`` tells what was touched."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.root = Path(tempfile.mkdtemp(prefix="forgesim-lures-"))
        self.folder = self.root / "files"
        self._before = os.environ.get("FORGESIM_LURE")
        os.environ["FORGESIM_LURE"] = secret
        self._lay_files()
        self._sockets = _listeners(self.root)
        self._victim, self._address = self._start_victim()
        self._files = _snapshot(self.folder)
        self._state = self._state_of_victim()
        self._own = _state_of_host()

    def given(self) -> Given:
        """Names of the lures for a program: paths, pids, addresses as pairs and as the kernel has them (in hex)."""
        tcp, udp = self._sockets["tcp"].getsockname()[:2], self._sockets["udp"].getsockname()[:2]
        return {
            "folder": str(self.folder),
            "file": str(self.folder / "letter.txt"),
            "script": str(self.folder / "run.sh"),
            "empty": str(self.folder / "empty"),
            "new": str(self.folder / "new"),
            "shell": _SHELL,
            "touch": f": > {self.folder}/new",
            "victim": self._victim.pid,
            "victim_memory": self._address,
            "victim_environ": f"/proc/{self._victim.pid}/environ",
            "host": os.getpid(),
            "host_environ": f"/proc/{os.getpid()}/environ",
            "host_root": f"/proc/{os.getpid()}/root{self.folder}/letter.txt",
            "tcp": list(tcp),
            "udp": list(udp),
            "port": tcp[1],
            "url": f"http://127.0.0.1:{tcp[1]}/",
            "unix": str(self.root / "stream"),
            "unix_datagrams": str(self.root / "datagrams"),
            "tcp_address": {"hex": _address(*tcp).hex()},
            "udp_address": {"hex": _address(*udp).hex()},
            "unix_address": {"hex": (b"\x01\x00" + os.fsencode(self.root / "stream") + b"\0").hex()},
        }

    @property
    def victim(self) -> int:
        """The pid of the process that is to be left alone."""
        return self._victim.pid

    def begin(self) -> None:
        """What this process is like now is what it has to be like at the next look."""
        self._own = _state_of_host()

    def look(self) -> tuple[str, str] | None:
        """The first lure that was touched since the last look, as ``(promise, what was seen)``; all are laid anew."""
        found = self._network() or self._changed_files() or self._hurt() or self._unlike()
        if found is not None:
            self._lay_anew()
        return found

    def _network(self) -> tuple[str, str] | None:
        reached = select.select([*self._sockets.values()], [], [], 0)[0]
        names = [name for name, listener in self._sockets.items() if listener in reached]
        for listener in reached:
            _drain(listener)
        return ("nothing leaves", f"the listener {names[0]} was reached") if names else None

    def _changed_files(self) -> tuple[str, str] | None:
        now = _snapshot(self.folder)
        for path in sorted(now.keys() | self._files.keys(), reverse=True):
            if now.get(path) != self._files.get(path):
                what = "made" if path not in self._files else "removed" if path not in now else "changed"
                return "no file is changed", f"{path or 'the folder'} was {what}"
        return None

    def _hurt(self) -> tuple[str, str] | None:
        if (status := self._victim.poll()) is not None:
            return "other processes are left alone", f"a process ended with {status}"
        now = self._state_of_victim()
        changed = [name for name, value in now.items() if value != self._state[name]]
        return ("other processes are left alone", f"a process has another {changed[0]}") if changed else None

    def _unlike(self) -> tuple[str, str] | None:
        now = _state_of_host()
        changed = [name for name, value in now.items() if value != self._own[name]]
        return ("the host is left alone", f"the host has another {changed[0]}") if changed else None

    def _lay_anew(self) -> None:
        self._end_victim()
        self._lay_files()
        self._victim, self._address = self._start_victim()
        self._files = _snapshot(self.folder)
        self._state = self._state_of_victim()

    def _lay_files(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "empty").mkdir(parents=True)
        letter, script = self.folder / "letter.txt", self.folder / "run.sh"
        letter.write_text(self.secret)
        letter.chmod(0o644)  # who runs as another user is to be kept out by the walls and not by this
        script.write_text(f"#!{_SHELL}\n: > {self.folder}/new\n")
        script.chmod(0o755)

    def _start_victim(self) -> tuple[subprocess.Popen[bytes], int]:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _VICTIM, self.secret],
            env={"FORGESIM_LURE": self.secret},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None
        return process, int(process.stdout.readline())

    def _state_of_victim(self) -> dict[str, object]:
        pid = self._victim.pid
        with suppress(OSError):
            lines = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
            state: dict[str, object] = {name: lines.get(name, "").strip() for name in _STATUS}
            state["State"] = _SETTLED.get(str(state["State"]), state["State"])
            state["priority"] = os.getpriority(os.PRIO_PROCESS, pid)
            state["limits"] = Path(f"/proc/{pid}/limits").read_text()
            state["scheduler"] = os.sched_getscheduler(pid)
            state["memory"] = self._memory_of_victim()
            return state
        return {"State": "gone"}

    def _memory_of_victim(self) -> bytes:
        """Empty where this process may not read it: then nothing is said about it."""
        try:
            with Path(f"/proc/{self._victim.pid}/mem").open("rb", buffering=0) as memory:
                memory.seek(self._address)
                return memory.read(len(self.secret)) or b""
        except OSError:
            return b""

    def _end_victim(self) -> None:
        self._victim.kill()
        self._victim.wait()
        for pipe in (self._victim.stdin, self._victim.stdout):
            assert pipe is not None
            pipe.close()

    def close(self) -> None:
        """Take them all away."""
        self._end_victim()
        for listener in self._sockets.values():
            listener.close()
        shutil.rmtree(self.root, ignore_errors=True)
        if self._before is None:
            os.environ.pop("FORGESIM_LURE", None)
        else:
            os.environ["FORGESIM_LURE"] = self._before


def _listeners(root: Path) -> dict[str, socket.socket]:
    stream, datagrams = socket.SOCK_STREAM, socket.SOCK_DGRAM
    wanted: list[tuple[str, int, int, object]] = [
        ("tcp", socket.AF_INET, stream, ("127.0.0.1", 0)),
        ("udp", socket.AF_INET, datagrams, ("127.0.0.1", 0)),
        ("unix", socket.AF_UNIX, stream, str(root / "stream")),
        ("unix datagrams", socket.AF_UNIX, datagrams, str(root / "datagrams")),
    ]
    found = {}
    for name, family, kind, address in wanted:
        listener = socket.socket(family, kind)
        listener.bind(address)  # type: ignore[arg-type]
        if kind == stream:
            listener.listen(64)
        listener.setblocking(False)
        found[name] = listener
    return found


def _drain(listener: socket.socket) -> None:
    with suppress(BlockingIOError):
        while True:
            if listener.type == socket.SOCK_STREAM:
                listener.accept()[0].close()
            else:
                listener.recv(1)


def _address(host: str, port: int) -> bytes:
    family = socket.AF_INET.to_bytes(2, "little")
    return family + port.to_bytes(2, "big") + socket.inet_aton(host) + bytes(8)


def _snapshot(folder: Path) -> dict[str, object]:
    """Path → what must stay as it is: kind, mode, owner, links, times of change, attributes, content."""
    return {path.relative_to(folder).as_posix().strip("."): _described(path) for path in (folder, *folder.rglob("*"))}


def _described(path: Path) -> object:
    known = path.lstat()
    content = path.read_bytes() if stat.S_ISREG(known.st_mode) else b""
    attributes: list[str] = []
    with suppress(OSError):
        attributes = os.listxattr(path, follow_symlinks=False)
    times = known.st_mtime_ns, known.st_ctime_ns
    return known.st_mode, known.st_uid, known.st_gid, known.st_nlink, known.st_ino, times, attributes, content


def _state_of_host() -> dict[str, object]:
    mask = os.umask(0)
    os.umask(mask)
    return {
        "umask": mask,
        "folder": Path.cwd(),
        "user": (os.getresuid(), os.getresgid()),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "processors": os.sched_getaffinity(0),
        "scheduler": os.sched_getscheduler(0),
        "limits": [resource.getrlimit(which) for which in range(16)],
    }
