"""readlink."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretTarget

WITNESS = SecretTarget
OPEN = (("full",), "Landlock does not cover metadata; the private root of tier full+ns does.")


def attack(path: str) -> object:
    import os

    return os.readlink(path)
