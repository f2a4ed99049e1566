"""fchmodat2."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.needs import call_answers
from tests.escape.witnesses.files import OldFile

WITNESS = OldFile
NEEDS = call_answers("fchmodat2", -100, b"/dev/null", 0o666, 0)


def attack(path: str) -> None:
    syscall("fchmodat2", -100, path.encode(), 0o777, 0)
