"""A folder of the host's on sys.path."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import importlib
    import os
    import sys

    sys.path.insert(0, os.path.dirname(path))
    return importlib.import_module("secret").SECRET
