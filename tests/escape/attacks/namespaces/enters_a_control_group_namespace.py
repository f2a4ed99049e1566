"""A control group of its own."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import root
from tests.escape.witnesses.worker import Namespace

WITNESS = partial(Namespace, kind="cgroup")
NEEDS = root


def attack() -> None:
    syscall("unshare", 0x2000000)
