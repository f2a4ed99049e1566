"""What lint tells: a rule with its reason, and a finding, which is a rule at a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Rule", "Severity"]

Severity = Literal["error", "warning", "note"]
"""``error``: a deployment or a call fails, or two files contradict each other. ``warning``: allowed, yet wide, stale or
blocked. ``note``: a fact to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check under its stable name. ``why`` is what follows from a finding, ``do`` what to do about one.

    ``severity`` is the usual one; where a check tells a finding under another, ``why`` says so.
    """

    name: str
    severity: Severity
    why: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule at a place: file, 1-based line and column where known, and what to do in this very case."""

    rule: str
    severity: Severity
    what: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{place}: {self.what}" if place else self.what
        return f"{text} ({self.hint})" if self.hint else text
