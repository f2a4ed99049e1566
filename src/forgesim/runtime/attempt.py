"""Attempts on one app: each on a site of its own, from the import of its code on, with a ledger to judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from forgesim.ledger.pens import Pens
from forgesim.ledger.read import Ledger, LedgerReader
from forgesim.ledger.write import LedgerWriter
from forgesim.manifest.model import App
from forgesim.platform.llm.models import MODELS
from forgesim.runtime.header import header
from forgesim.runtime.simulator import Simulator
from forgesim.runtime.stage import Stage
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.site.model import Site

__all__ = ["MODEL_NAMES", "Attempts"]

T = TypeVar("T")

MODEL_NAMES = tuple(MODELS)
"""What may answer in place of Forge's language models; the first is the usual one."""


class Attempts:
    """``catalog`` is the version of the claims that will judge. ``real_seconds``: real time after which a call is
    killed; ``max_steps``: how often a cursor is followed."""

    def __init__(
        self, app: App, *, sandbox: Sandbox, catalog: str, seed: int, real_seconds: float, max_steps: int
    ) -> None:
        self._app = app
        self._sandbox = sandbox
        self._seed = seed
        self._real_seconds = real_seconds
        self._max_steps = max_steps
        self._image = build_image(app, coverage=False)
        self._header = header(app, self._image, sandbox, catalog=catalog, bodies=True)

    @property
    def trees(self) -> Mapping[str, Any]:
        """The source of a JavaScript app, as its image has it."""
        return self._image.trees

    def make(self, site: Site, act: Callable[[Stage], T], *, model: str = MODEL_NAMES[0]) -> tuple[T, Ledger]:
        """Let ``act`` use the app on a fresh installation; what it returns, and what was recorded. The site is written
        to as the app writes."""
        pens = Pens(LedgerWriter())
        try:
            pens.write(self._header)
            simulator = Simulator(
                app=self._app,
                image=self._image,
                sandbox=self._sandbox,
                ledger=pens,
                seed=self._seed,
                real_seconds=self._real_seconds,
                max_steps=self._max_steps,
                quotas=False,
            )
            try:
                with simulator.stage(site, cause="run", label="attempt", model=model) as stage:
                    done = act(stage)
            finally:
                simulator.close()
            pens.finish()
            reader = LedgerReader()
            for line in pens.stream():
                reader.take(line)
            return done, reader.finished()
        finally:
            pens.close()
