"""linecache, which the audit hook lets look at sources."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import linecache

    return linecache.getline(path, 1) or "refused"
