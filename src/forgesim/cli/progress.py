"""Progress bars on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forgesim.proof.prove import Progress

__all__ = ["Bar", "Screen", "terminal_progress", "terminal_screen"]


@contextmanager
def terminal_progress(name: str, quiet: bool) -> Iterator[Progress | None]:
    """Progress on stderr while the block runs."""
    with terminal_screen(quiet=quiet) as screen:
        yield screen.bar(name) if screen is not None else None


@contextmanager
def terminal_screen(*, quiet: bool) -> Iterator[Screen | None]:
    """A place on stderr for several bars while the block runs."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        yield Screen(bars)


class Screen:
    """Bars, one below the other."""

    def __init__(self, bars: object) -> None:
        from rich.progress import Progress as Bars

        assert isinstance(bars, Bars)
        self._bars = bars

    def bar(self, name: str) -> Bar:
        """One more."""
        return Bar(self._bars, name)

    @contextmanager
    def away(self) -> Iterator[None]:
        """No bars while the block prints where they are."""
        self._bars.stop()
        try:
            yield
        finally:
            self._bars.start()


class Bar:
    def __init__(self, bars: object, name: str) -> None:
        from rich.progress import Progress as Bars

        assert isinstance(bars, Bars)
        self._bars = bars
        self._name = name
        self._task = bars.add_task(name, total=None)
        self._total = 0

    def phase(self, name: str, total: int) -> None:
        self._total = total
        self._bars.reset(self._task, total=total or None, description=f"{self._name}: {name}")

    def grow(self, by: int) -> None:
        self._total += by
        self._bars.update(self._task, total=self._total)

    def step(self) -> None:
        self._bars.advance(self._task)

    def done(self) -> None:
        """Take the bar away."""
        self._bars.remove_task(self._task)
