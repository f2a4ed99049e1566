"""mq_open of POSIX."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.tables import MessageQueue

WITNESS = MessageQueue


def attack() -> object:
    return syscall("mq_open", b"forgesim-escape", 0o102, 0o600, 0)
