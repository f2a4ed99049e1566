"""When the files of a folder changed, by asking git; starting processes is this room's matter."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

__all__ = ["ask_git"]

SECONDS = 20


def ask_git(command: Sequence[str], folder: Path) -> str | None:
    """What a git command prints in ``folder``; nothing where there is no git, no repository, or no answer in time."""
    if not folder.is_dir():
        return None
    try:
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout if ran.returncode == 0 and ran.stdout else None
