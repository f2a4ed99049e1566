"""``log``: one line of the app's log at a level. Like ``print`` and ``logging``, it is a crossing."""

from __future__ import annotations

import sys
from typing import Any

from forgesim.sdk.fetch import send_log
from forgesim.sdk.wire import encode

__all__ = ["Log", "log"]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return encode(value).decode()
    except (TypeError, ValueError, RecursionError):
        return str(value)


class Log:
    """Values are written as JSON, text as it is, with a blank between them."""

    __slots__ = ()

    def debug(self, *values: Any) -> None:
        self._write("debug", values)

    def info(self, *values: Any) -> None:
        self._write("info", values)

    def warn(self, *values: Any) -> None:
        self._write("warn", values)

    def error(self, *values: Any) -> None:
        self._write("error", values)

    def _write(self, level: str, values: tuple[Any, ...]) -> None:
        text = " ".join(map(_text, values))
        if not send_log(level, text):  # outside forgesim, as in a unit test of the app's own functions
            sys.stderr.write(f"{level}: {text}\n")


log = Log()
