"""Attacks run twice: without walls, where they must get through, and confined, where they must not.

An attack is an ordinary function of a test file. Its source goes to a worker, which calls it with what the
test gives.
"""

from __future__ import annotations

import inspect
import json
import marshal
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.sandbox.host import Event, FrameEvent, Sandbox, WitnessEvent, Worker
from forgesim.seam import Fetch, Invoke, Ready, pack

APP = """\
def handler(event, context):
    names = {}
    exec(event["code"], names)
    return names[event["name"]](*event["given"])
"""
SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """As much of an app's image as a sandbox needs."""

    root: Path
    modules: dict[str, tuple[str, bool, bytes]]
    functions: dict[str, str]
    digest: str = "attacks"
    units: tuple[str, ...] = ()
    dependencies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one attack: its result or error, or the end of its worker; and what the kernel saw."""

    result: Any = None
    error: str | None = None
    ended: Event | None = None
    witnesses: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def calls(self) -> list[str]:
        return [call for call, _ in self.witnesses]


Attack = Callable[..., Any]


class Arena:
    """One sandbox in which attacks run, each in a fresh worker."""

    def __init__(self, sandbox: Sandbox, image: Image) -> None:
        self.sandbox = sandbox
        self._image = image

    def run(self, attack: Attack, *given: Any) -> Outcome:
        worker = self.sandbox.spawn(self._image)
        worker.set_deadline(SECONDS)
        try:
            return self._finish(worker, attack, given)
        finally:
            worker.close()

    def _finish(self, worker: Worker, attack: Attack, given: tuple[Any, ...]) -> Outcome:
        code = textwrap.dedent(inspect.getsource(attack))
        body = json.dumps([{"code": code, "name": attack.__name__, "given": given}, {}]).encode()
        witnesses: list[tuple[str, str | None]] = []
        while True:
            for event in self.sandbox.wait(SECONDS):
                match event:
                    case FrameEvent(header=Ready()):
                        worker.send(pack(Invoke("inv-1", "t", "main", EPOCH_MS, EPOCH_MS + 25_000, 1), body))
                    case FrameEvent(header=Fetch(descriptor={"type": "result"})):
                        return Outcome(result=json.loads(event.body), witnesses=witnesses)
                    case FrameEvent(header=Fetch(descriptor={"type": "error"})):
                        error = json.loads(event.body)
                        return Outcome(error=f"{error['type']}: {error['message']}", witnesses=witnesses)
                    case WitnessEvent():
                        witnesses.append((event.call, event.target))
                    case FrameEvent():
                        pass
                    case _:
                        return Outcome(ended=event, witnesses=witnesses)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    root = tmp_path_factory.mktemp("attacker")
    (root / "src").mkdir()
    (root / "src" / "index.py").write_text(APP)
    code = marshal.dumps((None, compile(APP, "src/index.py", "exec")))
    return Image(root=root, modules={"index": ("src/index.py", False, code)}, functions={"main": "index.handler"})


@pytest.fixture(scope="session")
def unconfined(image: Image) -> Iterator[Arena]:
    """The control: the same zygote and worker, with no wall at all."""
    with Sandbox(allow_unconfined=True, tier="none") as sandbox:
        yield Arena(sandbox, image)


@pytest.fixture(scope="session")
def explained(image: Image) -> Iterator[Arena]:
    """Walls and the audit hook, as apps run."""
    with Sandbox() as sandbox:
        yield Arena(sandbox, image)


@pytest.fixture(scope="session", params=["full+ns", "full"])
def confined(request: pytest.FixtureRequest, image: Image) -> Iterator[Arena]:
    """The kernel's walls alone: no audit hook stands in an attack's way."""
    with Sandbox(tier=request.param, explain=False) as sandbox:
        yield Arena(sandbox, image)
