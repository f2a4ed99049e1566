"""Where attacks run: each in a fresh worker, which gets the attack's source and calls it."""

from __future__ import annotations

import inspect
import json
import marshal
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import CLOCK_MONOTONIC, clock_gettime
from typing import Any

from tests.escape import arms

from forgesim.clock import EPOCH_MS
from forgesim.sandbox.host import (
    DiedEvent,
    Event,
    FrameEvent,
    OverdueEvent,
    ProtocolEvent,
    Sandbox,
    WitnessEvent,
    Worker,
)
from forgesim.sandbox.syscalls import TABLES
from forgesim.seam import Fetch, Idle, Invoke, Ready, Tick, Violation, pack

Attack = Callable[..., Any]

APP = """\
def handler(event, context):
    names = {}
    exec(compile(event["code"], "src/attack.py", "exec"), names)
    return names[event["name"]](*event["given"])
"""
SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """As much of an app's image as a sandbox needs."""

    root: Path
    modules: dict[str, tuple[str, bool, bytes]]
    functions: dict[str, str]
    digest: str = "attacks"
    units: tuple[str, ...] = ()
    dependencies: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    memory_bytes: int | None = None
    program: None = None
    patterns: tuple[tuple[str | bytes, int], ...] = ()


def make_image(root: Path) -> Image:
    (root / "src").mkdir(parents=True)
    (root / "src" / "index.py").write_text(APP)
    code = marshal.dumps((None, compile(APP, "src/index.py", "exec")))
    return Image(root=root, modules={"index": ("src/index.py", False, code)}, functions={"main": "index.handler"})


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of one attack: the guest's last word, how its process ended, and what walls and gateway told."""

    result: Any = None
    error: str | None = None
    ended: str | None = None
    explained: list[str] = field(default_factory=list)
    refused: list[tuple[str, str | None]] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    said: bytes = b""

    def hear(self, fetch: Fetch, body: bytes) -> bool:
        """Take in a request; whether it is the result or the error of the attack."""
        self.said += fetch.path.encode() + body
        match fetch.descriptor.get("type"):
            case "result":
                self.result = json.loads(body)
            case "error":
                error = json.loads(body)
                self.error = f"{error['type']}: {error['message']}"
            case _:
                return False
        return True

    def end(self, event: Event) -> None:
        match event:
            case OverdueEvent():
                self.ended = "overdue"
            case ProtocolEvent():
                self.ended = f"protocol: {event.why}"
            case DiedEvent():
                self.ended = f"died: {event.why}"
            case _:
                raise AssertionError(event)


@cache
def source_of(attack: Attack) -> str:
    """The attack behind its arms, with this machine's numbers of the system calls that it makes."""
    text = inspect.getsource(attack)
    numbers = {name: TABLES[os.uname().machine].get(name, -1) for name in re.findall(r'syscall\(\s*"(\w+)"', text)}
    return f"{inspect.getsource(arms)}\nNUMBERS.update({numbers})\n\n{text}"


class Arena:
    """One sandbox in which attacks run, each in a fresh worker."""

    def __init__(self, sandbox: Sandbox, image: Image) -> None:
        self.sandbox = sandbox
        self.image = image

    @property
    def confined(self) -> bool:
        return self.sandbox.tier != "none"

    def run(
        self,
        attack: Attack,
        *given: Any,
        look: Callable[[Worker], None] = lambda _: None,
        deadline: float = SECONDS,
    ) -> Outcome:
        """``look`` is called once before the worker is closed. Without walls ``deadline`` is how long is waited."""
        worker = self.sandbox.spawn(self.image)
        worker.set_deadline(deadline if self.confined else SECONDS)
        outcome = Outcome()
        try:
            self._finish(worker, outcome, attack, given, clock_gettime(CLOCK_MONOTONIC) + deadline)
            look(worker)
        finally:
            worker.close()
        return outcome

    def greet(self) -> None:
        """The next invocation, in a new worker, works."""
        assert self.run(answer).result == "well"

    def _finish(self, worker: Worker, outcome: Outcome, attack: Attack, given: tuple[Any, ...], until: float) -> None:
        asked = {"code": source_of(attack), "name": attack.__name__, "given": given}
        invoke = Invoke("inv-1", "token", "main", EPOCH_MS, EPOCH_MS + 25_000, 1)
        start = pack(invoke, json.dumps([asked, {}]).encode())
        while True:
            patience = None if self.confined else max(0.0, until - clock_gettime(CLOCK_MONOTONIC))
            found = self.sandbox.wait(patience)
            for event in found:
                if event.worker is worker and _is_last(event, outcome, start):
                    return
            if not found:
                return


def answer() -> str:
    return "well"


def _is_last(event: Event, outcome: Outcome, start: bytes) -> bool:
    """Take in what the guest and the kernel say; whether nothing comes after it."""
    match event:
        case FrameEvent(header=Ready()):
            event.worker.send(start)
        case FrameEvent(header=Fetch() as fetch):
            return outcome.hear(fetch, event.body)
        case FrameEvent(header=Violation() as tried):
            outcome.explained += [tried.what] if tried.refused else []
        case FrameEvent(header=Idle()):
            event.worker.send(pack(Tick(EPOCH_MS)))
        case WitnessEvent():
            outcome.refused.append((event.call, event.target))
        case FrameEvent():
            pass
        case _:
            outcome.end(event)
            return True
    return False


CHILD = """\
import json, sys
kept = sys.argv[1]
asked = json.load(sys.stdin)
names = {}
exec(asked["code"], names)
print(json.dumps(names[asked["name"]](*asked["given"])))
"""


def run_in_child(attack: Attack, *given: Any, secret: str) -> Outcome:
    """The control of what a worker does not have by its making: a plain child of the host, with the host's
    environment and descriptors, and ``secret`` in its memory.
    """
    asked = {"code": source_of(attack), "name": attack.__name__, "given": given}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, secret],
        input=json.dumps(asked).encode(),
        capture_output=True,
        close_fds=False,
        check=True,
    )
    return Outcome(result=json.loads(done.stdout), said=done.stdout)
