"""A loader for one file."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import importlib.machinery

    loader = importlib.machinery.SourceFileLoader("hidden", path)
    return loader.load_module().SECRET
