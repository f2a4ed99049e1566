"""zipfile."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import zipfile

    zipfile.ZipFile(path, "w").close()
