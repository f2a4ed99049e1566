"""inotify tells when the host uses a file."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="inotify")


def attack() -> object:

    fd = syscall("inotify_init1", 0)
    syscall("inotify_add_watch", fd, b"/etc", 0x20)
    return fd
