"""fchmodat2."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.needs import newest_chmod
from tests.escape.witnesses.files import OldFile

WITNESS = OldFile
NEEDS = newest_chmod


def attack(path: str) -> None:
    syscall("fchmodat2", -100, path.encode(), 0o777, 0)
