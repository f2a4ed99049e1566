"""Everything that an app writes: stdout, stderr, ``print`` and ``logging`` become log frames, a line each."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable

__all__ = ["LogHandler", "SeamStream", "install"]

Write = Callable[[str, str], None]

_LEVELS = ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info"))
_LONGEST = 64 * 1024  # of a line that does not end


class SeamStream(io.RawIOBase):
    """A standard stream whose lines are log frames."""

    def __init__(self, name: str, write: Write) -> None:
        super().__init__()
        self._name = name
        self._write = write
        self._rest = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        lines = (self._rest + bytes(data)).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._emit(line)
        if len(self._rest) > _LONGEST:
            self.finish()
        return len(data)

    def finish(self) -> None:
        """Emit a line that has no end yet: the invocation is over."""
        if self._rest:
            rest, self._rest = self._rest, b""
            self._emit(rest)

    def _emit(self, line: bytes) -> None:
        self._write(self._name, line.decode("utf-8", "backslashreplace"))


class LogHandler(logging.Handler):
    """Sends records of ``logging`` at the level nearest to theirs."""

    def __init__(self, write: Write) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001 -- a bad format string is the app's own; logging must not raise
            self.handleError(record)
            return
        level = next((name for least, name in _LEVELS if record.levelno >= least), "debug")
        self._write(level, text)


def install(write: Write) -> tuple[SeamStream, SeamStream]:
    """Replace the standard streams and the root handler; returns stdout and stderr to ``finish`` later."""
    out, err = SeamStream("stdout", write), SeamStream("stderr", write)
    for name, raw in (("stdout", out), ("stderr", err)):
        stream = io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)  # type: ignore[type-var]
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.stdin = io.StringIO()
    root = logging.getLogger()
    root.handlers[:] = [LogHandler(write)]
    root.setLevel(logging.INFO)
    return out, err
