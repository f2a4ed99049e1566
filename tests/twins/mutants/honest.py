"""Honest variants: the same promise kept in other words. Every claim has to hold, or not to apply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.twins.mutants.bases import BASES
from tests.twins.mutants.honest_apps import OF_APPS
from tests.twins.mutants.honest_bare import OF_BARE, OF_BARE_JIRA
from tests.twins.mutants.plant import FUTURE, edited, files_of

__all__ = ["Honest", "honest_variants"]

TABLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {"bare": OF_BARE, "bare jira": OF_BARE_JIRA, **OF_APPS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Honest:
    """``edits``: old text, new text, and so on in pairs. They change the base's file, or the one that ``old`` names
    before ``::``. An old text ``~…`` is a pattern, and every match is replaced; ``import`` and ``end`` are places."""

    base: str
    title: str
    edits: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.base}: {self.title}"

    def files(self) -> dict[str, str]:
        base = BASES[self.base]
        files = files_of(base)
        for old, new in zip(self.edits[::2], self.edits[1::2], strict=True):
            file, _, text = old.rpartition("::")
            files = _changed(files, file or base.file, text, new)
        return files


def _changed(files: dict[str, str], file: str, old: str, new: str) -> dict[str, str]:
    if old == "import":
        return edited(files, file, FUTURE, f"{FUTURE}\n{new}\n")
    if old == "end":
        return files | {file: f"{files[file]}{new}"}
    if old.startswith("~"):
        changed, count = re.subn(old[1:], new, files[file])
        if not count:
            raise ValueError(f"{file} has nothing like {old[1:]!r}")
        return files | {file: changed}
    return edited(files, file, old, new)


def honest_variants() -> list[Honest]:
    """All of them, in the order of the tables."""
    return [
        Honest(base=base, title=title, edits=edits) for base, table in TABLES.items() for title, edits in table.items()
    ]
