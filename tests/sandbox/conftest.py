"""One app for every story: its handler runs the Python text that a test hands it, inside the worker."""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.sandbox.host import (
    DiedEvent,
    Event,
    FrameEvent,
    OverdueEvent,
    ProtocolEvent,
    Sandbox,
    Worker,
)
from forgesim.seam import Fatal, Fetch, Invoke, Ready, pack

APP = """\
def handler(event, context):
    names = {"given": event["given"], "answer": None}
    exec(event["code"], names)
    return names["answer"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """As much of an app's image as a sandbox needs."""

    root: Path
    modules: dict[str, tuple[str, bool, bytes]]
    functions: dict[str, str]
    digest: str
    units: tuple[str, ...] = ()
    dependencies: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    memory_bytes: int | None = None
    program: None = None
    patterns: Sequence[tuple[str | bytes, int]] = ()


MakeGuest = Callable[..., "Guest"]


def image_of(root: Path, source: str, digest: str) -> Image:
    (root / "src").mkdir(parents=True, exist_ok=True)
    (root / "src" / "index.py").write_text(source)
    code = marshal.dumps((None, compile(source, "src/index.py", "exec")))
    return Image(
        root=root,
        modules={"index": ("src/index.py", False, code)},
        functions={"main": "index.handler"},
        digest=digest,
    )


class Guest:
    """One worker of one sandbox, with the events that it gave so far."""

    def __init__(self, sandbox: Sandbox, image: Image) -> None:
        self.sandbox = sandbox
        self.worker: Worker = sandbox.spawn(image)
        self.events: list[Event] = []

    def until(self, done: Callable[[Event], bool], seconds: float = 20) -> Event:
        """The first event of this worker that is ``done``; its end counts always."""
        while True:
            found = self.sandbox.wait(seconds)
            assert found, f"nothing happened for {seconds} s after {self.events}"
            mine = [event for event in found if event.worker is self.worker]
            self.events += mine
            for event in mine:
                if done(event) or isinstance(event, DiedEvent | OverdueEvent | ProtocolEvent):
                    return event

    def ready(self) -> Guest:
        self.worker.set_deadline(20)
        event = self.until(is_frame(Ready, Fatal))
        assert isinstance(event, FrameEvent), event
        assert isinstance(event.header, Ready), event
        self.worker.set_deadline(None)
        return self

    def start(self, code: str, given: Any = None) -> None:
        """Have the handler run ``code``; it finds ``given`` and leaves ``answer``."""
        header = Invoke("inv-1", "token", "main", EPOCH_MS, EPOCH_MS + 25_000, 1)
        self.worker.send(pack(header, json.dumps([{"code": code, "given": given}, {}]).encode()))

    def run(self, code: str, given: Any = None) -> Any:
        """The handler's answer, or the ``{type, message, …}`` of what it raised."""
        self.start(code, given)
        event = self.until(is_answer)
        assert isinstance(event, FrameEvent), event
        return json.loads(event.body)


def is_frame(*kinds: type) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, FrameEvent) and isinstance(event.header, kinds)


def is_answer(event: Event) -> bool:
    return is_frame(Fetch)(event) and event.header.descriptor["type"] in ("result", "error")  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return image_of(tmp_path_factory.mktemp("story"), APP, "story")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The best confinement of this machine; the audit hook is left out, so that the walls stand alone."""
    with Sandbox(explain=False) as sandbox:
        yield sandbox


@pytest.fixture
def guest(sandbox: Sandbox, image: Image) -> Iterator[Guest]:
    guest = Guest(sandbox, image).ready()
    yield guest
    guest.worker.close()


@pytest.fixture
def make_guest(sandbox: Sandbox, image: Image) -> Iterator[MakeGuest]:
    """Further workers, of the session's sandbox or of another one, of its image or another; they are ready."""
    guests: list[Guest] = []

    def make(other: Sandbox | None = None, of: Image | None = None) -> Guest:
        guests.append(Guest(other or sandbox, of or image).ready())
        return guests[-1]

    yield make
    for guest in guests:
        guest.worker.close()
