"""setgroups."""

from __future__ import annotations

from functools import partial

from tests.escape.needs import root
from tests.escape.witnesses.worker import Status, nobody

WITNESS = partial(Status, field="Groups", bad=nobody)
NEEDS = root


def attack() -> None:
    import os

    os.setgroups([65534])
