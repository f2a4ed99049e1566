"""A report that is named as a system call: it stays a word of the guest's."""

from __future__ import annotations

from tests.escape.arms import say
from tests.escape.witnesses.platform import ForgedWitness

WITNESS = ForgedWitness


def attack() -> None:
    from forgesim.seam import Violation

    say(Violation("connect", "192.0.2.1:80", None))
