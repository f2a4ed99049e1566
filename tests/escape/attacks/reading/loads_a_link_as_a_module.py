"""The link, imported as code."""

from __future__ import annotations

from tests.escape.witnesses.hidden import LinkedSecret

WITNESS = LinkedSecret


def attack(path: str) -> object:
    import importlib.machinery

    return importlib.machinery.SourceFileLoader("hidden", path).load_module().SECRET
