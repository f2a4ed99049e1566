"""/proc/self/environ."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostVariable

WITNESS = HostVariable
CONTROL = "child"


def attack() -> object:
    with open("/proc/self/environ") as file:
        return file.read()
