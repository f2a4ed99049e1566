"""subprocess, with a shell."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import subprocess

    subprocess.run(["/bin/sh", "-c", f"echo stolen > {path}"], check=True)
