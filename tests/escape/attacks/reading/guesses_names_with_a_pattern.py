"""glob, which swallows what is refused."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretName

WITNESS = SecretName


def attack(path: str) -> object:
    import glob

    return glob.glob(f"{path}/*") or "refused"
