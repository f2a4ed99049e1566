"""Real guests without walls: one process preloads, and forks a worker per test."""

from __future__ import annotations

import json
import marshal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.sandbox.rewrite import rewrite
from forgesim.seam import (
    Fetch,
    FrameReader,
    FromGuest,
    Idle,
    Invoke,
    Ready,
    Reply,
    Tick,
    decode_from_guest,
    pack,
)

ZYGOTE = """\
import sys
sys.path[:0] = {paths!r}
from forgesim.guest.preload import preload
preload()
import marshal, os, signal, socket
from forgesim.guest.entry import prepare, serve
from forgesim.guest.image import image_of
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
control = socket.socket(fileno={fd})
while True:
    data, fds, _, _ = socket.recv_fds(control, 1 << 22, 1)
    if not data:
        sys.exit()
    if os.fork() == 0:
        control.close()
        fields, audit = marshal.loads(data)
        serve(fds[0], prepare(fds[0], image_of(**fields, variables=dict())), audit=audit, nurse=print)
    os.close(fds[0])
"""

Answer = Callable[[Fetch, Any], tuple[int, Any]]


def nothing(fetch: Fetch, body: Any) -> tuple[int, Any]:
    return 200, {}


class Outcome:
    """What an invocation did: every frame, the result or error, the logs."""

    def __init__(self, frames: list[tuple[FromGuest, bytes]]) -> None:
        self.frames = frames
        fetches = [(frame, body) for frame, body in frames if isinstance(frame, Fetch)]
        self.calls = [frame for frame, _ in fetches if frame.id]
        self.logs = [(f.path, b.decode(), f.line) for f, b in fetches if f.descriptor["type"] == "log"]
        self.idles = [frame.until for frame, _ in frames if isinstance(frame, Idle)]
        last, body = fetches[-1] if fetches else (None, b"")
        kind = last.descriptor["type"] if last is not None else None
        self.result: Any = json.loads(body) if kind == "result" else None
        self.error: Any = json.loads(body) if kind == "error" else None

    @property
    def covered(self) -> set[int]:
        units: list[int] = []
        for frame, _ in self.frames:
            units += getattr(frame, "cov", [])
        assert len(units) == len(set(units)), "a unit is shipped once"
        return set(units)


class Guest:
    """The host's side of one worker, as small as it can be."""

    def __init__(self, seam: socket.socket, units: tuple[str, ...]) -> None:
        self.seam = seam
        self.units = units
        self.now = EPOCH_MS
        self.seam.settimeout(10)
        self._reader = FrameReader()
        self._frames: list[tuple[FromGuest, bytes]] = []
        ready, _ = self.next()
        assert isinstance(ready, Ready)
        self.ready = ready

    def next(self) -> tuple[FromGuest, bytes]:
        while not self._frames:
            data = self.seam.recv(1 << 20)
            if not data:
                raise EOFError("the guest is gone")
            self._frames += [(decode_from_guest(h), b) for h, b in self._reader.feed(data)]
        return self._frames.pop(0)

    def start(self, function: str = "main", event: Any = None, context: Any = None, *, seed: int = 1) -> None:
        frame = Invoke("i-1", "token-1", function, self.now, self.now + 25_000, seed)
        self.seam.sendall(pack(frame, json.dumps([event, context or {}]).encode()))

    def finish(self, answer: Answer = nothing) -> Outcome:
        """Answer in order and move the clock as the host does; stops at the result, or at a deadlock."""
        frames: list[tuple[FromGuest, bytes]] = []
        asked: list[tuple[Fetch, bytes]] = []
        while True:
            frame, body = self.next()
            frames.append((frame, body))
            if isinstance(frame, Fetch) and frame.descriptor["type"] in ("result", "error"):
                return Outcome(frames)
            if isinstance(frame, Fetch) and frame.id:
                asked.append((frame, body))
            if isinstance(frame, Idle):
                if asked:
                    fetch, sent = asked.pop(0)
                    status, value = answer(fetch, json.loads(sent) if sent else None)
                    self.now += 20
                    self.seam.sendall(pack(Reply(fetch.id, status, [], self.now), json.dumps(value).encode()))
                elif frame.until is not None:
                    self.now = max(self.now, frame.until)
                    self.seam.sendall(pack(Tick(self.now)))
                else:
                    return Outcome(frames)

    def run(self, *args: Any, answer: Answer = nothing, **options: Any) -> Outcome:
        self.start(*args, **options)
        return self.finish(answer)


MakeGuest = Callable[..., Guest]


@pytest.fixture(scope="session")
def control() -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    paths = [str(Path(__file__).parents[2] / "src"), *(path for path in sys.path if "site-packages" in path)]
    code = ZYGOTE.format(paths=paths, fd=theirs.fileno())
    command = [sys.executable, "-s", "-P", "-S", "-B", "-c", code]
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env={"PYTHONHASHSEED": "0"})
    theirs.close()
    yield ours
    ours.close()
    assert process.wait(10) == 0


@pytest.fixture
def make_guest(control: socket.socket, tmp_path: Path) -> Iterator[MakeGuest]:
    """A worker for some files of ``src``; ``coverage`` rewrites them, ``audit`` arms the hook."""
    seams: list[socket.socket] = []

    def make(
        source: str | Mapping[str, str],
        functions: Mapping[str, str] | None = None,
        *,
        coverage: bool = False,
        audit: bool = False,
    ) -> Guest:
        files = {"src/index.py": source} if isinstance(source, str) else source
        modules, units = compile_all(files, tmp_path, coverage=coverage)
        fields = {
            "modules": modules,
            "functions": dict(functions or {"main": "index.handler"}),
            "units": len(units),
            "root": str(tmp_path),
        }
        ours, theirs = socket.socketpair()
        socket.send_fds(control, [marshal.dumps((fields, audit))], [theirs.fileno()])
        theirs.close()
        seams.append(ours)
        return Guest(ours, units)

    yield make
    for seam in seams:
        seam.close()


def compile_all(files: Mapping[str, str], root: Path, *, coverage: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
    modules: dict[str, Any] = {}
    units: list[str] = []
    for path, text in files.items():
        source = textwrap.dedent(text)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source)
        if coverage:
            tree, own = rewrite(source, path, marker="the marker", first=len(units))
            units += own
            payload = marshal.dumps(("the marker", compile(tree, path, "exec")))
        else:
            payload = marshal.dumps((None, compile(source, path, "exec", dont_inherit=True)))
        name = path.removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        modules[name] = (path, path.endswith("__init__.py"), payload)
    return modules, tuple(units)
