"""What a campaign is: cases that Hypothesis draws, an attempt at each, and the test that shows a finding."""

from __future__ import annotations

import pprint
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Campaign", "Case", "Finding", "pytest_text"]

Case = list[dict[str, Any]]
"""Steps in order, each a JSON object: requests of ``egress``, primitives of ``sandbox``."""

_WIDTH = 110


class Finding(msgspec.Struct, frozen=True):
    """A promise that did not hold. ``kind`` names the promise in a word or two; ``says`` is what was seen."""

    kind: str
    says: str


class Campaign(Protocol):
    """A way to attack, with witnesses that tell whether an attack got through.

    ``tried`` and ``allowed`` count over its life: requests decided on and let through, or primitives tried and done.
    ``texts`` are the keys of a step whose texts and lists may be cut where a case is made small.
    """

    name: str
    texts: frozenset[str]
    tried: int
    allowed: int

    def cases(self) -> SearchStrategy[Case]:
        """What to try. Hypothesis draws from it and makes a failing case small."""

    def attempt(self, case: Case) -> Finding | None:
        """Try a case; the first promise that it broke. Never raises for what a case does."""

    def as_pytest(self, case: Case, finding: Finding) -> str:
        """The text of a test that fails for as long as the case breaks the promise."""

    def close(self) -> None:
        """Let go of what the campaign holds."""


def pytest_text(app: Path, campaign: str, case: Case, finding: Finding) -> str:
    """A test module for pytest with forgesim installed; it needs the folder of the app where it is now."""
    name = re.sub(r"\W+", "_", f"{campaign} {finding.kind}".lower()).strip("_")
    says = f"{finding.kind}: {finding.says}".encode("unicode_escape").decode("ascii")
    return (
        f"# {says}\n"
        f"CASE = {pprint.pformat(case, width=_WIDTH, sort_dicts=False)}\n\n\n"
        f"def test_{name}(forge):\n"
        f"    assert forge.attempt({str(app)!r}, {campaign!r}, CASE) is None\n"
    )
