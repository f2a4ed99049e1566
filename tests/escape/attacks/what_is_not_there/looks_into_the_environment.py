"""os.environ."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostVariable

WITNESS = HostVariable
CONTROL = "child"


def attack() -> object:
    import os

    return dict(os.environ)
