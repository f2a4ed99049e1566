"""The daemon's socket, by the handler of logging."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UnixDatagrams

WITNESS = UnixDatagrams


def attack(path: str) -> None:
    import logging.handlers

    handler = logging.handlers.SysLogHandler(path)
    handler.handle(logging.makeLogRecord({"msg": "stolen"}))
