"""A handler of logging."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import logging

    logging.FileHandler(path).emit(logging.makeLogRecord({"msg": "stolen"}))
