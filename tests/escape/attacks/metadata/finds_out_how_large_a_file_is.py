"""stat: Landlock does not cover it."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretSize

WITNESS = SecretSize
OPEN = (("full",), "Landlock does not cover metadata; the private root of tier full+ns does.")


def attack(path: str) -> object:
    import os

    return str(os.stat(path).st_size)
