"""getxattr, of a file that it may read."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretAttribute

WITNESS = SecretAttribute


def attack(path: str) -> object:
    import os

    return os.getxattr(path, "user.secret").decode()
