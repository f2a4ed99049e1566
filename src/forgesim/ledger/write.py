"""The ledger's pen: appends records, chains their hashes, and leaves no half-written file under the asked-for name."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.ledger.records import Answered, Body, End, Record
from forgesim.ledger.redact import Redactor

__all__ = ["GENESIS", "LedgerWriter", "Pen", "body_of"]

GENESIS = "0" * 64
"""``prev`` of the first line."""

AGAIN_FROM = 500
"""Length from which on an answer that comes again is named instead of said: a shorter one reads better where it is."""
REMEMBERED = 32 << 20
"""Characters of answers that a writer remembers: of those that have not come for the longest, the next is in full."""

_CHUNK = 1 << 20
_encode = msgspec.json.Encoder().encode


class Pen(Protocol):
    """What records are written with: a ledger, or a stand-in that keeps digests only."""

    def write(self, record: Record) -> None: ...

    def flush(self) -> None: ...


def body_of(data: bytes) -> Body | None:
    """The bytes as a record keeps them: text where it is UTF-8, base64 otherwise, nothing where there are none."""
    if not data:
        return None
    try:
        return Body(len(data), text=data.decode())
    except UnicodeDecodeError:
        return Body(len(data), base64=base64.b64encode(data).decode())


class _Said:
    """Answers that a ledger has in full, by their text."""

    def __init__(self) -> None:
        self._seq: dict[str, int] = {}
        self._room = REMEMBERED

    def shortened(self, record: Answered, text: str) -> Answered:
        """The record as it is, where nobody had this answer before; else with the number of one that has it."""
        seq = self._seq.pop(text, None)
        if seq is None:
            self._room -= len(text)
        self._seq[text] = record.seq if seq is None else seq
        while self._room < 0:
            oldest = next(iter(self._seq))
            del self._seq[oldest]
            self._room += len(oldest)
        if seq is None:
            return record
        assert record.body is not None
        return msgspec.structs.replace(record, body=Body(record.body.size, same=seq))


class LedgerWriter:
    """Appends records to ``path`` (written beside it and renamed by ``finish``), or to an unnamed temporary file.

    A named ledger is flushed to the operating system before each crossing is performed. File mode is 0600: a ledger
    of real content contains it; with a ``salt`` it does not, see ``redact``. Raises InputError where the file cannot
    be written, in every method.
    """

    def __init__(self, path: Path | None = None, *, salt: str | None = None) -> None:
        self._path = path
        self._redactor = None if salt is None else Redactor(salt)
        self._prev = GENESIS.encode()
        self._count = 0
        self._said = _Said()
        self._file: IO[bytes]
        self._part: Path | None = None
        if path is None:
            self._file = tempfile.TemporaryFile(prefix="forgesim-ledger-", buffering=_CHUNK)  # noqa: SIM115 - lives as long as the ledger
            return
        if path.is_dir():
            raise InputError(Problem(what="the ledger cannot be written: this is a folder", file=str(path)))
        if path.exists() and not path.is_file():  # renaming over a device would put a file in its place
            raise InputError(Problem(what="the ledger cannot be written: this is not a regular file", file=str(path)))
        try:
            # A name of its own each time: two runs with the same ledger do not write into one file.
            descriptor, part = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
        except OSError as error:
            raise self._unwritable(error) from None
        self._part = Path(part)
        self._file = os.fdopen(descriptor, "w+b")

    def write(self, record: Record) -> None:
        """Append one record; with a salt, what may hold content of the site becomes a digest first. An answer that
        the ledger has already is named by its number."""
        if self._redactor is not None:
            record = self._redactor.record(record)
        if isinstance(record, Answered) and record.body is not None:
            text = record.body.text
            if text is not None and len(text) >= AGAIN_FROM:
                record = self._said.shortened(record, text)
        line = b'{"prev":"' + self._prev + b'",' + _encode(record)[1:]
        self._prev = hashlib.sha256(line).hexdigest().encode()
        self._count += 1
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            raise self._unwritable(error) from None

    def flush(self) -> None:
        """Hand what was written to the operating system; a temporary ledger dies with the process anyway."""
        if self._path is not None:
            self._flush()

    def finish(self) -> None:
        """Write the End record and give a named ledger its name."""
        self.write(End(count=self._count, head=self._prev.decode()))
        self._flush()
        if self._path is not None and self._part is not None:
            try:
                self._part.replace(self._path)
            except OSError as error:
                raise self._unwritable(error) from None
            self._part = None

    def stream(self, start: int = 0) -> Iterator[bytes]:
        """The lines written so far, each with its newline, from byte ``start`` on; writing goes on where it was."""
        self._flush()
        rest = b""
        while chunk := os.pread(self._file.fileno(), _CHUNK, start):
            start += len(chunk)
            found, begin = rest + chunk, 0
            while end := found.find(b"\n", begin) + 1:
                yield found[begin:end]
                begin = end
            rest = found[begin:]

    def close(self) -> None:
        """Release the file; an unfinished named ledger is removed."""
        with suppress(OSError):  # what a full disk did not take was told when it was written
            self._file.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)
            self._part = None

    def _flush(self) -> None:
        try:
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> InputError:
        file = None if self._path is None else str(self._path)
        return InputError(Problem(what=f"the ledger cannot be written: {error.strerror}", file=file))
