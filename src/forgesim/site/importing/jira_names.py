"""What an export calls types, statuses, priorities and resolutions → those that a site here has.

A site has one workflow. A status of another name becomes the one of its category, which a note tells; so it is with
the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from forgesim.site.jira_model import (
    DONE,
    IN_PROGRESS,
    ISSUE_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    STATUSES,
    TO_DO,
)

__all__ = ["Names"]

_BY_CATEGORY: Final = {"new": TO_DO, "indeterminate": IN_PROGRESS, "done": DONE}
_DONE_WORDS: Final = ("done", "closed", "resolved", "complete", "released", "cancel", "declined", "rejected")
_NEW_WORDS: Final = ("to do", "todo", "open", "backlog", "new", "selected", "ready", "reopened")
_EPIC, _TASK, _SUBTASK, _MEDIUM = "10000", "10002", "10003", "3"
_PRIORITY_WORDS: Final = {"blocker": "1", "critical": "1", "urgent": "1", "major": "2", "minor": "4", "trivial": "5"}
_UNDONE_WORDS: Final = (
    "won't",
    "wont",
    "won’t",
    "duplicate",
    "cannot",
    "declined",
    "incomplete",
    "not a bug",
    "cancel",
)


class Names:
    """``notes`` says, once for each name, what was taken for what."""

    def __init__(self) -> None:
        self.notes: dict[str, None] = {}

    def status(self, name: str, category: str | None) -> str:
        own = _named(STATUSES, name)
        if own is not None:
            return own
        told = category if category in _BY_CATEGORY else _guessed(name)
        how = "of its category" if category in _BY_CATEGORY else "going by its name"
        found = _BY_CATEGORY[told or "indeterminate"]
        self._note(f"status {name[:60]!r} is taken for {STATUSES[found].name!r}, {how}")
        return found

    def kind(self, name: str, level: int | None) -> str:
        own = _named(ISSUE_TYPES, name)
        if own is not None:
            return own
        folded = name.casefold()
        below = (level is not None and level < 0) or folded.replace("-", "") == "subtask"
        found = _SUBTASK if below else _EPIC if level is not None and level > 0 else _TASK
        self._note(f"issue type {name[:60]!r} is taken for {ISSUE_TYPES[found].name!r}")
        return found

    def priority(self, name: str | None) -> str | None:
        if name is None:
            return None
        own = _named(PRIORITIES, name)
        if own is not None:
            return own
        found = _PRIORITY_WORDS.get(name.strip().casefold(), _MEDIUM)
        self._note(f"priority {name[:60]!r} is taken for {PRIORITIES[found]!r}")
        return found

    def resolution(self, name: str | None) -> str | None:
        if name is None or name.strip().casefold() in ("", "unresolved"):
            return None
        own = _named(RESOLUTIONS, name)
        if own is not None:
            return own
        undone = any(word in name.casefold() for word in _UNDONE_WORDS)
        found = list(RESOLUTIONS)[-1 if undone else 0]
        self._note(f"resolution {name[:60]!r} is taken for {RESOLUTIONS[found]!r}")
        return found

    def _note(self, text: str) -> None:
        self.notes[text] = None


def _named(known: Mapping[str, Any], name: str) -> str | None:
    folded = name.strip().casefold()
    return next((code for code, each in known.items() if str(getattr(each, "name", each)).casefold() == folded), None)


def _guessed(name: str) -> str | None:
    folded = name.casefold()
    if any(word in folded for word in _DONE_WORDS):
        return "done"
    return "new" if any(word in folded for word in _NEW_WORDS) else None
