"""io.open_code, which the audit hook knows as an import."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import io

    with io.open_code(path) as file:
        return file.read().decode()
