"""A user namespace, in which it would be root."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import user_namespaces
from tests.escape.witnesses.worker import Namespace

WITNESS = partial(Namespace, kind="user")
NEEDS = user_namespaces


def attack() -> None:
    syscall("unshare", 0x10000000)
