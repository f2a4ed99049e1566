"""pytest plugin: the ``forge`` fixture, its options, and a line of summary about what was proved.

State lives in ``config.stash``. Imports are lazy, so that a test run without ``forge`` pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from forgesim.testing.kit import Forge

__all__ = ["forge"]

PROVED: pytest.StashKey[list[str]] = pytest.StashKey()
SECTION = "forgesim"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("forgesim", "privacy claims of Forge apps")
    group.addoption("--forgesim-seed", type=int, default=0, help="seed of runs and proofs (default 0)")
    group.addoption(
        "--forgesim-allow-unconfined", action="store_true", help="run app code where the kernel cannot confine it"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PROVED] = []


@pytest.fixture
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    """An emulated Forge platform: ``forge.site()``, ``forge.install(app, site)``, ``forge.prove(app)``.

    Relative paths start at pytest's root directory.
    """
    from forgesim.testing.kit import Forge

    config = request.config
    platform = Forge(
        base=config.rootpath,
        seed=config.getoption("--forgesim-seed"),
        allow_unconfined=config.getoption("--forgesim-allow-unconfined"),
    )
    prove = platform.prove
    name = request.node.name

    def noted(app, *, trials=20, seed=0):  # type: ignore[no-untyped-def]
        verdicts = prove(app, trials=trials, seed=seed)
        counts: dict[str, int] = {}
        for verdict in verdicts:
            counts[verdict.outcome.value] = counts.get(verdict.outcome.value, 0) + 1
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        request.node.user_properties.append((SECTION, f"{name}: {told}"))
        return verdicts

    platform.prove = noted  # type: ignore[method-assign]
    yield platform
    platform.close()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Nothing to do: what was proved travels in ``user_properties``, which pytest-xdist carries."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each test that proved something."""
    lines = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for key, value in report.user_properties
        if key == SECTION
    ]
    if lines:
        terminalreporter.section("forgesim: claims", "-")
        for line in lines:
            terminalreporter.write_line(str(line))
        terminalreporter.write_line("simulator, not Atlassian; not a certification")
