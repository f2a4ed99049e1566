"""Which scopes an operation rests on, given those that are granted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from forgesim.scopes.table import Operation, operations

__all__ = ["REPORT_OPERATION", "REPORT_SCOPE", "STORAGE_SCOPE", "needs", "operation_named", "uses"]

STORAGE_SCOPE = "storage:app"
"""What Forge storage asks for, whatever is stored."""

REPORT_SCOPE = "report:personal-data"
REPORT_OPERATION = "POST /app/report-accounts"
"""What reporting whose accounts an app keeps asks for, and its name in records."""


def operation_named(name: str) -> Operation | None:
    """The operation that records call ``GET /wiki/api/v2/pages/{id}``."""
    return _by_name().get(name)


def uses(operation: Operation, granted: frozenset[str]) -> frozenset[str]:
    """The granted scopes that open the operation: those of every alternative that is held whole."""
    held = [frozenset(each) for each in operation.alternatives if granted.issuperset(each)]
    return frozenset().union(*held)


def needs(operation: Operation, granted: frozenset[str]) -> frozenset[str]:
    """The granted scopes without which the operation would be refused: those that every held alternative has."""
    held = [frozenset(each) for each in operation.alternatives if granted.issuperset(each)]
    return held[0].intersection(*held[1:]) if held else frozenset()


@cache
def _by_name() -> Mapping[str, Operation]:
    return {operation.name: operation for operation in operations()}
