"""One call into C that holds the interpreter."""

from __future__ import annotations

from tests.escape.witnesses.worker import StillRunning

WITNESS = StillRunning
SECONDS = 0.25


def attack() -> None:
    import re

    re.match("(a+)+$", "a" * 60 + "b")
