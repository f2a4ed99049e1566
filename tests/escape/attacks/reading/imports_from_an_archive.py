"""zipimport, which the audit hook knows as an import."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretArchive

WITNESS = SecretArchive


def attack(path: str) -> object:
    import zipimport

    return zipimport.zipimporter(path).load_module("hidden").SECRET
