"""What a campaign is: cases that Hypothesis draws, an attempt at each, and the test that shows a finding."""

from __future__ import annotations

import pprint
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Campaign", "Case", "Cut", "Finding", "pytest_text"]

Case = list[dict[str, Any]]
"""Steps in order, each a JSON object: requests of ``egress``, primitives of ``sandbox``, calls of ``payloads``; for
``content`` a way to use the app, then edits of its site."""

Cut = Literal["text", "items", "number", "value"]
"""How a value may be made smaller: a text or a list with the texts in it, a list by whole items, a whole number towards
0, or any JSON value in any way."""

_WIDTH = 110


class Finding(msgspec.Struct, frozen=True):
    """A promise that did not hold. ``kind`` names the promise in a word or two; ``says`` is what was seen."""

    kind: str
    says: str


class Campaign(Protocol):
    """A way to attack, with witnesses that tell whether an attack got through.

    ``tried`` and ``allowed`` count over its life: requests decided on and let through, primitives tried and done, calls
    made and answered, pairs of twins played and those in which something left the app. ``cuts``: keys of a step whose
    values may be cut where a case is made small; the first ``fixed`` steps always stay. ``shrink_s``: real seconds that
    Hypothesis may take to make what a round found small, and as many again for each finding by cutting.
    """

    name: str
    cuts: Mapping[str, Cut]
    fixed: int
    shrink_s: float
    tried: int
    allowed: int

    def cases(self) -> SearchStrategy[Case]:
        """What to try. Hypothesis draws from it and makes a failing case small."""

    def attempt(self, case: Case) -> Finding | None:
        """Try a case; the first promise that it broke. Never raises for what a case does; InputError where there is no
        place for it in the app or on its sites."""

    def simpler(self, case: Case) -> Iterable[Case]:
        """Cases that are easier to read or sooner tried, to take in its place if they break the same promise: the first
        that does."""

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
