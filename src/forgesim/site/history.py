"""When and by whom files changed, read from the text that ``git log`` prints. Starting git is the
caller's."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GIT_LOG", "Changes", "read_git_log"]

GIT_LOG = (
    "git", "-c", "core.quotePath=false", "log", "--no-renames", "--relative", "--name-only",
    "--format=%x1e%at%x1f%an",
)  # fmt: skip
"""The command to run in the folder; one call covers all of its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """First and last change of a file: epoch milliseconds, authors' names."""

    created: int
    updated: int
    first_author: str
    last_author: str


def read_git_log(text: str) -> dict[str, Changes]:
    """Path → its changes, from what ``GIT_LOG`` printed, newest commit first. Lines that do not fit are
    passed over."""
    found: dict[str, Changes] = {}
    for commit in text.split("\x1e"):
        head, *paths = commit.strip().splitlines() or [""]
        seconds, _, author = head.partition("\x1f")
        if not seconds.isdecimal():
            continue
        at = int(seconds) * 1000
        for path in filter(None, paths):
            newer = found.get(path)
            found[path] = Changes(
                created=min(at, newer.created) if newer else at,
                updated=max(at, newer.updated) if newer else at,
                first_author=author,
                last_author=newer.last_author if newer else author,
            )
    return found
