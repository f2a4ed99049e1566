"""subprocess, by the call that it falls back to."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import subprocess

    vars(subprocess)["_USE_VFORK"] = False
    subprocess.call(["/usr/bin/env", "touch", path])
