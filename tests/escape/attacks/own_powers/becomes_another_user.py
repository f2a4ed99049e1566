"""setuid."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import root
from tests.escape.witnesses.worker import Status, nobody

WITNESS = partial(Status, field="Uid", bad=nobody)
NEEDS = root


def attack() -> None:
    syscall("setuid", 65534)
