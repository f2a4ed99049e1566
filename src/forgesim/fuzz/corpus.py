"""Cases that broke a promise, kept in a folder from run to run: one JSON file a promise, the smallest case each.

Runs and workers may share the folder: files are written beside it and renamed.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.fuzz.campaign import Case
from forgesim.ids import derive

__all__ = ["Corpus", "Kept"]


class Kept(msgspec.Struct, frozen=True):
    """A file of the corpus."""

    kind: str
    case: Case


class Corpus:
    """The folder; it is made with the first case. Raises InputError where it cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def kept(self) -> list[tuple[Path, Kept]]:
        """Every case there is, always in the same order."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append((path, msgspec.json.decode(path.read_bytes(), type=Kept)))
            except FileNotFoundError:
                continue  # another worker has tried it, and it is mended
            except (OSError, msgspec.MsgspecError) as error:
                raise InputError(Problem(what=f"no case: {error}", file=str(path), hint="delete it")) from None
        return found

    def keep(self, kind: str, case: Case) -> None:
        """Keep the case, in place of the one that broke the same promise before."""
        data = msgspec.json.format(msgspec.json.encode(Kept(kind, case)))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, part = tempfile.mkstemp(prefix="case.", suffix=".part", dir=self._folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data + b"\n")
            Path(part).replace(self._folder / f"{derive('finding', kind):016x}.json")
        except OSError as error:
            what = f"the corpus cannot be written: {error.strerror}"
            raise InputError(Problem(what=what, file=str(self._folder))) from None

    def drop(self, path: Path) -> None:
        """A case that breaks nothing any more goes."""
        path.unlink(missing_ok=True)
