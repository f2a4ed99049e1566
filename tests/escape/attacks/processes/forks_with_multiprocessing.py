"""A process of multiprocessing."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import multiprocessing
    import pathlib

    child = multiprocessing.get_context("fork").Process(target=pathlib.Path(path).touch)
    child.start()
    child.join()
