"""The ledger's pen: appends records, chains their hashes, and leaves no half-written file under the asked-for name."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO, Protocol

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.ledger.records import (
    Answered,
    Body,
    Decided,
    End,
    Header,
    Inventory,
    Record,
    Run,
    ScanIndex,
    StoredRow,
)

__all__ = ["GENESIS", "LedgerWriter", "Pen", "body_of", "redact"]

GENESIS = "0" * 64
"""``prev`` of the first line."""

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


class LedgerWriter:
    """Appends records to ``path`` (written beside it and renamed by ``finish``), or to an unnamed temporary file.

    A named ledger is flushed to the operating system before each crossing is performed. File mode is 0600: a ledger
    of real content contains it. Raises InputError where the file cannot be written.
    """

    def __init__(self, path: Path | None = None, *, salt: str | None = None) -> None:
        self._path = path
        self._salt = salt
        self._prev = GENESIS.encode()
        self._count = 0
        self._file: IO[bytes]
        if path is None:
            self._file = tempfile.TemporaryFile(prefix="forgesim-ledger-")  # noqa: SIM115 - lives as long as the ledger
            return
        self._part = path.with_name(path.name + ".part")
        try:
            descriptor = os.open(self._part, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600)
        except OSError as error:
            raise InputError(Problem(what=f"the ledger cannot be written: {error.strerror}", file=str(path))) from None
        self._file = os.fdopen(descriptor, "w+b")

    def write(self, record: Record) -> None:
        """Append one record. With a salt, bodies and content of the record become digests first."""
        if self._salt is not None:
            record = redact(record, self._salt)
        line = b'{"prev":"' + self._prev + b'",' + _encode(record)[1:]
        self._prev = hashlib.sha256(line).hexdigest().encode()
        self._count += 1
        self._file.write(line + b"\n")

    def flush(self) -> None:
        """Hand what was written to the operating system; a temporary ledger dies with the process anyway."""
        if self._path is not None:
            self._file.flush()

    def finish(self) -> None:
        """Write the End record and give a named ledger its name."""
        self.write(End(count=self._count, head=self._prev.decode()))
        self._file.flush()
        if self._path is not None:
            self._part.replace(self._path)

    def stream(self) -> IO[bytes]:
        """The file, read from its start."""
        self._file.flush()
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Release the file; an unfinished named ledger is removed."""
        self._file.close()
        if self._path is not None:
            self._part.unlink(missing_ok=True)


def _digest(body: Body | None, salt: str) -> Body | None:
    if body is None or body.digest is not None:
        return body
    raw = body.text.encode() if body.text is not None else base64.b64decode(body.base64 or "")
    return Body(body.size, digest=hashlib.blake2b(raw, key=salt.encode()[:64], digest_size=16).hexdigest())


def redact(record: Record, salt: str) -> Record:
    """The record with every body as a salted digest and without the scan index; the header says so."""
    match record:
        case Decided() | Answered():
            return msgspec.structs.replace(record, body=_digest(record.body, salt))
        case Header():
            return msgspec.structs.replace(record, bodies=False)
        case Run():
            return msgspec.structs.replace(record, index=ScanIndex(()) if record.index else None)
        case Inventory():
            rows = tuple(StoredRow(row.store, row.key, _digest(row.body, salt) or row.body) for row in record.rows)
            return msgspec.structs.replace(record, rows=rows)
        case _:
            return record
