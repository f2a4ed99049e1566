"""Tells what a path leads to by what is in it: names say little."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from forgesim.errors import InputError
from forgesim.site.folder import MARKDOWN

__all__ = ["ENTITIES", "Kind", "jira_kind", "recognise"]

Kind = Literal["markdown", "site", "confluence", "jira"]
ENTITIES = "entities.xml"
_HEAD = 1_000_000
_ISSUES = re.compile(rb'"issues"\s*:\s*\[')
_FIELDS = re.compile(rb'"fields"\s*:\s*\{')
_EMPTY = re.compile(rb'^\s*\{\s*"isLast"\s*:')
_COLUMNS = re.compile(r'(?:^|[,;\t])"?(issue key|issue id|summary|issue type)"?(?=[,;\t\r\n]|$)', re.IGNORECASE)
_SUFFIXES = (".yml", ".yaml", ".json")


def recognise(path: Path) -> Kind | None:
    """What reads ``path``; ``None`` for a file that nothing reads. Raises InputError where it cannot be looked at."""
    try:
        return _folder(path) if path.is_dir() else _file(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None


def _folder(path: Path) -> Kind:
    if (path / ENTITIES).is_file():
        return "confluence"
    names = [each for each in path.iterdir() if each.is_file() and not each.name.startswith(".")]
    if any(each.suffix.lower() in MARKDOWN for each in names):
        return "markdown"
    if any(each.suffix.lower() in (".json", ".csv") and jira_kind(_head(each)) for each in sorted(names)):
        return "jira"
    return "markdown"


def _file(path: Path) -> Kind | None:
    if not path.is_file():
        return None
    head = _head(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or _is_xml(head):
        return "confluence"
    if path.suffix.lower() in MARKDOWN:
        return None
    if jira_kind(head) is not None:
        return "jira"
    if path.suffix.lower() in _SUFFIXES or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "site"
    return None


def _is_xml(head: bytes) -> bool:
    for encoding in ("utf-8", "utf-16"):
        text = head[:400].decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
        if text.startswith(("<?xml", "<hibernate-generic", "<!DOCTYPE", "<!--", "<!doctype")):
            return True
    return False


def jira_kind(head: bytes) -> Literal["json", "csv"] | None:
    """Whether a file that begins so is an answer of Jira's search, or a CSV export of it."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        listed = start[:1] == b"[" or _ISSUES.search(head) is not None
        return "json" if (listed and _FIELDS.search(head) is not None) or _EMPTY.search(head) is not None else None
    first = start.decode("utf-8", "replace").split("\n", 1)[0]
    found = {name.lower() for name in _COLUMNS.findall(first)}
    return "csv" if "issue key" in found and len(found) > 1 else None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)
