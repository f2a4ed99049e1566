"""runpy."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import runpy

    return runpy.run_path(path)["SECRET"]
