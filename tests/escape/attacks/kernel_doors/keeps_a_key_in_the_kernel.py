"""add_key to the keyring of the user, where it outlives everything."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.needs import keyring
from tests.escape.witnesses.tables import KernelKey

WITNESS = KernelKey
NEEDS = keyring


def attack(name: str) -> object:
    return syscall("add_key", b"user", name.encode(), b"stolen", 6, -4)
