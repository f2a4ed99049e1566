"""pytest plugin: the ``forge`` fixture, its options, and a line of summary for each test that proved something.

State lives in ``config.stash``; what was proved travels in a test's ``user_properties``, which pytest-xdist carries.
Imports are lazy, so that a test run without ``forge`` pays nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from forgesim.claims.kit import Verdict
    from forgesim.testing.kit import Forge

__all__ = ["forge"]

PROVED: pytest.StashKey[list[str]] = pytest.StashKey()
PROPERTY = "forgesim"


class Summary:
    """Collects what tests proved, on the process that reports."""

    def __init__(self, config: pytest.Config) -> None:
        self._lines = config.stash.setdefault(PROVED, [])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._lines += [str(value) for key, value in report.user_properties if key == PROPERTY]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._lines:
            terminalreporter.section("forgesim: claims", "-")
            for line in self._lines:
                terminalreporter.write_line(line)
            terminalreporter.write_line("simulator, not Atlassian; not a certification")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("forgesim", "privacy claims of Forge apps")
    group.addoption("--forgesim-seed", type=int, default=0, help="seed of runs and proofs (default 0)")
    group.addoption(
        "--forgesim-allow-unconfined",
        action="store_true",
        help="run app code without kernel walls; caps every verdict",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Summary(config), "forgesim-summary")


@pytest.fixture
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    """An emulated Forge platform: ``forge.site()``, ``forge.install(app, site)``, ``forge.prove(app)``.

    Relative paths start at pytest's root directory.
    """
    from forgesim.testing.kit import Forge

    def note(verdicts: Sequence[Verdict]) -> None:
        counts = Counter(verdict.outcome.value for verdict in verdicts)
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        request.node.user_properties.append((PROPERTY, f"{request.node.name}: {told}"))

    config = request.config
    platform = Forge(
        base=config.rootpath,
        seed=config.getoption("--forgesim-seed"),
        allow_unconfined=config.getoption("--forgesim-allow-unconfined"),
        on_proof=note,
    )
    yield platform
    platform.close()
