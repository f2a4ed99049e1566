"""Where Forge, or what is known of it, differs from the documents: rows of data, each with its reason."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import msgspec
from ruamel.yaml import YAML

__all__ = ["Deviation", "deviations", "reason_of"]

FILE = Path(__file__).with_name("deviations.yml")


class Deviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Findings that are right: ``what`` in answers of ``operations``; ``*`` in either stands for anything."""

    operations: tuple[str, ...]
    what: tuple[str, ...]
    reason: str

    def covers(self, operation: str, finding: str) -> bool:
        return any(fnmatchcase(operation, each) for each in self.operations) and any(
            fnmatchcase(finding, each) for each in self.what
        )


@cache
def deviations() -> tuple[Deviation, ...]:
    return msgspec.convert(YAML(typ="safe", pure=True).load(FILE), tuple[Deviation, ...])


def reason_of(operation: str, finding: str) -> str | None:
    """Why a finding is no fault; None where it is one."""
    return next((each.reason for each in deviations() if each.covers(operation, finding)), None)
