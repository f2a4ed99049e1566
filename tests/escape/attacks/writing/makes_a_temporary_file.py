"""tempfile, in a folder that it names."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import os
    import tempfile

    os.rename(tempfile.mkstemp(dir=os.path.dirname(path))[1], path)
