"""mimetypes, which the audit hook lets look at its tables."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import mimetypes

    table = mimetypes.MimeTypes((path,))
    return str(table.types_map[1])
