"""Files that a report goes to: told before the work where one cannot be written, and written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from forgesim.errors import InputError, Problem

__all__ = ["check_apart", "check_writable", "write_whole"]


def check_writable(path: Path) -> None:
    """Raises InputError where a file could not be written, before the work that it is for."""
    if path.is_dir():
        raise _unwritable(path, "this is a folder")
    if path.exists() and not path.is_file():  # renaming over a device would put a file in its place
        raise _unwritable(path, "this is not a regular file")
    if not path.parent.is_dir():
        raise _unwritable(path, f"there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _unwritable(path, f"the folder {path.parent} may not be written to")


def check_apart(**files: Path | None) -> None:
    """Raises InputError where two options name one file, or one could not be written. Names are the options'."""
    taken: dict[Path, str] = {}
    for name, path in files.items():
        if path is None:
            continue
        other = taken.setdefault(path.resolve(), name)
        if other != name:
            hint = "give each a file of its own"
            raise InputError(Problem(what=f"--{other} and --{name} are the same file", file=str(path), hint=hint))
        check_writable(path)


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file whole or not at all, with the mode of any new file, or for its owner alone. Raises InputError."""
    part: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        if not private:
            mask = os.umask(0)
            os.umask(mask)
            part.chmod(0o666 & ~mask)
        part.replace(path)
        part = None
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from None
    finally:  # an interrupt too leaves nothing behind
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _unwritable(path: Path, why: str) -> InputError:
    return InputError(Problem(what=f"the result cannot be written: {why}", file=str(path)))
