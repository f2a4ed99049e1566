"""Apps on stages, in a real sandbox that the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from forgesim.ledger.read import Ledger, LedgerReader
from forgesim.ledger.write import LedgerWriter
from forgesim.manifest.load import load_app
from forgesim.runtime.dispatch import Outcome
from forgesim.runtime.header import header
from forgesim.runtime.scenario import Played, play
from forgesim.runtime.simulator import Simulator
from forgesim.runtime.stage import Ask, Stage
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.sandbox.open import open_sandbox
from forgesim.site.generate import demo
from forgesim.site.model import Site
from forgesim.site.variables import expand


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox() as opened:
        yield opened


class House:
    """An app on a stage, with what it wrote."""

    def __init__(
        self,
        folder: Path,
        sandbox: Sandbox,
        state: Path | None,
        stack: ExitStack,
        *,
        site: Site | None = None,
        coverage: bool = False,
        **options: Any,
    ) -> None:
        self.app = load_app(folder)
        image = build_image(self.app, coverage=coverage)
        self.pen = LedgerWriter()
        stack.callback(self.pen.close)
        self.pen.write(header(self.app, image, sandbox, catalog="1", bodies=True))
        self.simulator = Simulator(app=self.app, image=image, sandbox=sandbox, ledger=self.pen, **options)
        stack.callback(self.simulator.close)
        self.stage: Stage = self.simulator.stage(site or demo(1), cause="run", label="x", state=state)
        stack.callback(self.stage.close)
        self._reader = LedgerReader()

    def ask(self, name: str = "call", payload: Any = None, user: str = "alice") -> Ask:
        given = expand({} if payload is None else payload, self.stage.installation.site)
        return Ask(name=name, payload=given, user=self.stage.account(user))

    def call(self, name: str = "call", payload: Any = None, user: str = "alice") -> Outcome:
        return self.stage.call(self.ask(name, payload, user))

    def play(self) -> list[Played]:
        return play(self.stage, self.app.trust.scenarios[0])

    @property
    def ledger(self) -> Ledger:
        for line in self.pen.stream(self._reader.size):
            self._reader.take(line)
        return self._reader.so_far().copy()


MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(make_app: Callable[..., Path], sandbox: Sandbox) -> Iterator[MakeHouse]:
    """An app whose one function is ``call`` with this body, or whose source is ``source``."""
    with ExitStack() as stack:

        def make(
            body: str = "return 1", *, source: str | None = None, state: Path | None = None, **options: Any
        ) -> House:
            lines = "".join(f"    {line}\n" for line in body.splitlines())
            text = source or f'@resolver.define("call")\nasync def call(request):\n{lines}'
            files = {name: options.pop(name) for name in ("manifest", "trust", "name") if name in options}
            return House(make_app(text, **files), sandbox, state, stack, **options)

        yield make
