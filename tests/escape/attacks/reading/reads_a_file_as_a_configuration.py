"""configparser: its errors quote the lines."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import configparser

    parser = configparser.ConfigParser()
    try:
        return "refused" if parser.read(path) == [] else 0
    except configparser.Error as error:
        return str(error)
