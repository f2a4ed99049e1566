"""The files of an export, from a zip or a folder: names that lead out, links, bombs and broken archives are refused.

Nothing is unpacked to disk. How much an entry unpacks to is counted while it is read, whatever its header says.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from forgesim.errors import InputError, Problem
from forgesim.site.limits import MAX_ENTRIES, MAX_FILE_BYTES, MAX_RATIO, MAX_TOTAL_BYTES, RATIO_FROM_BYTES

__all__ = ["Export", "open_export"]

_READ = 1 << 16


class Export(Protocol):
    """``shown`` is what errors call it."""

    shown: str

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file. Raises InputError where it is not there or unpacks to too much."""

    def small(self, name: str) -> bytes | None:
        """The bytes of a file that may be kept; ``None`` where there is none, or a larger one."""


@contextmanager
def open_export(path: Path, entities: str) -> Iterator[tuple[Export, str]]:
    """The files of ``path`` and the name of the one that lists everything: in a zip, in a folder, or ``path`` itself.

    Raises InputError.
    """
    if path.is_dir():
        yield _Folder(path), entities
        return
    with _opened(path) as file:
        if file.read(2) != b"PK":
            yield _Folder(path.parent, str(path)), path.name
            return
        file.seek(0)
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, EOFError, OSError, RuntimeError, UnicodeError) as error:
            raise InputError(_fault(str(path), f"not a whole zip: {error}")) from None
        with archive:
            export = _Zip(archive, path)
            yield export, export.find(entities)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _fault(shown: str, what: str, hint: str | None = None) -> Problem:
    return Problem(what=what, file=shown, hint=hint)


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self.shown = str(path)
        self._archive = archive
        self._left = MAX_TOTAL_BYTES
        self._base = ""
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise InputError(_fault(self.shown, f"{len(entries):,} entries are more than {MAX_ENTRIES:,}"))
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            self._check(entry)
            self._entries[entry.filename] = entry
        if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
            raise InputError(_fault(self.shown, f"it unpacks to more than {MAX_TOTAL_BYTES:,} bytes"))

    def _check(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        shown = name[:80].encode("utf-8", "backslashreplace").decode()
        parts = PurePosixPath(name.replace("\\", "/")).parts
        odd = "\0" in name or "\0" in entry.orig_filename or not name
        if odd or name.startswith(("/", "\\")) or ".." in parts or (parts and ":" in parts[0]):
            raise InputError(_fault(self.shown, f"the entry {shown!r} leads out of the archive"))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise InputError(_fault(self.shown, f"the entry {shown!r} is a link"))
        if name in self._entries:
            raise InputError(_fault(self.shown, f"the entry {shown!r} is there twice"))
        if entry.flag_bits & 0x1:
            raise InputError(_fault(self.shown, f"the entry {shown!r} is encrypted", "export it without a password"))
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise InputError(_fault(self.shown, f"the entry {shown!r} unpacks to over {MAX_RATIO} times its size"))

    def find(self, entities: str) -> str:
        """The entry of that name, at the top or in a folder that everything lies in."""
        found = [name for name in self._entries if PurePosixPath(name).name == entities]
        if not found:
            hint = "a space export of Confluence in XML has one"
            raise InputError(_fault(self.shown, f"a zip without {entities}", hint))
        entry = min(found, key=lambda name: (name.count("/"), name))
        self._base = entry.removesuffix(entities)
        return entry

    def chunks(self, name: str) -> Iterator[bytes]:
        entry = self._entries[name]
        out = 0
        try:
            with self._archive.open(entry) as file:
                while data := file.read(_READ):
                    out += len(data)
                    self._left -= len(data)
                    if self._left < 0:
                        raise InputError(_fault(self.shown, f"it unpacks to more than {MAX_TOTAL_BYTES:,} bytes"))
                    if out > RATIO_FROM_BYTES and out > MAX_RATIO * max(1, entry.compress_size):
                        raise InputError(
                            _fault(self.shown, f"the entry {name[:80]!r} unpacks to over {MAX_RATIO} times its size")
                        )
                    yield data
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            what = f"the entry {name[:80]!r} cannot be unpacked: {error or type(error).__name__}"
            raise InputError(_fault(self.shown, what)) from None

    def small(self, name: str) -> bytes | None:
        entry = self._entries.get(f"{self._base}{name}")
        if entry is None or entry.file_size > MAX_FILE_BYTES:
            return None
        found = io.BytesIO()
        for data in self.chunks(entry.filename):
            found.write(data)
            if found.tell() > MAX_FILE_BYTES:
                return None
        return found.getvalue()


class _Folder:
    def __init__(self, root: Path, shown: str | None = None) -> None:
        self.shown = shown or str(root)
        self._root = root.resolve()
        self._left = MAX_TOTAL_BYTES

    def chunks(self, name: str) -> Iterator[bytes]:
        with _opened(self._root / name) as file:
            while data := self._read(file):
                self._left -= len(data)
                if self._left < 0:
                    raise InputError(_fault(self.shown, f"more than {MAX_TOTAL_BYTES:,} bytes"))
                yield data

    def _read(self, file: IO[bytes]) -> bytes:
        try:
            return file.read(_READ)
        except OSError as error:
            raise InputError(_fault(self.shown, f"cannot be read: {error.strerror}")) from None

    def small(self, name: str) -> bytes | None:
        path = self._root / name
        try:
            inside = path.resolve().is_relative_to(self._root) and path.is_file()
            if not inside or path.stat().st_size > MAX_FILE_BYTES:
                return None
            return path.read_bytes()
        except (OSError, RuntimeError, ValueError):
            return None
