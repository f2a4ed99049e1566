"""Standard output: nothing that a reader or a disk does changes what a command has found."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from forgesim.errors import InputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["outlive_readers"]


class _Patient(io.FileIO):
    """A descriptor whose reader may go away: what is written after that is dropped. A full disk is told once."""

    _lost = False

    def write(self, data: ReadableBuffer, /) -> int:
        if not self._lost:
            try:
                return super().write(data)
            except BrokenPipeError:
                self._lost = True
            except OSError as error:
                self._lost = True
                raise InputError(f"standard output cannot be written: {error.strerror}") from None
        return memoryview(data).nbytes


def outlive_readers() -> None:
    """Let ``| head`` end the output and not the command: its exit code is the verdict's."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError, AttributeError):
        return
    sys.stdout.flush()
    raw = io.BufferedWriter(_Patient(descriptor, "wb", closefd=False))
    lines = sys.stdout.isatty()
    sys.stdout = io.TextIOWrapper(raw, sys.stdout.encoding, "backslashreplace", line_buffering=lines)
