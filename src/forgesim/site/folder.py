"""A folder of Markdown as it lies on disk: which files count, their text, their front matter."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from forgesim.clock import parse_time
from forgesim.errors import InputError
from forgesim.site.storage import readable

__all__ = ["INDEX_NAMES", "MARKDOWN", "MAX_FILES", "MAX_FILE_BYTES", "Folder", "MarkdownFile", "read_folder"]

MARKDOWN = (".md", ".markdown", ".mdx")
INDEX_NAMES = ("index", "readme", "_index")
"""Names, without ending and in any case, of the file that is its folder's page; the first one found
counts."""
MAX_FILE_BYTES = 5_000_000
"""Confluence takes no page over 5 MB."""
MAX_FILES = 20_000

_SKIPPED = frozenset(("node_modules", "__pycache__"))
_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*\r?\n(.*?)(?:\r?\n)?^\1[ \t]*$\r?\n?", re.DOTALL | re.MULTILINE)
_KEYS = re.compile(
    r"^(?:title|date|created|published|updated|last_updated|lastmod|last_modified|modified"
    r"|authors?|owner|labels|tags)\s*[:=]",
    re.MULTILINE,
)
_FRONT_LINE = re.compile(r"(?:\s*(?:#.*)?\n)*\s*(?:[\w\"'.-]+\s*[:=]|\[|\Z)")
"""How the first line of front matter reads; else the rule at the top of the file is a rule."""
_EARLIEST_MS, _LATEST_MS = 0, 4_102_444_800_000
"""1970 and 2100: a date outside is a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownFile:
    """``path`` is relative to the folder. ``created``, ``updated`` are epoch milliseconds where front
    matter has them."""

    path: PurePosixPath
    text: str
    title: str | None = None
    created: int | None = None
    updated: int | None = None
    author: str | None = None
    owner: str | None = None
    labels: tuple[str, ...] = ()
    changed: int = 0
    """When the file system says it changed."""


@dataclass(slots=True, kw_only=True)
class Folder:
    """``root`` is resolved; ``files`` are sorted by path; ``notes`` say what was left out or could not be
    read."""

    root: Path
    files: list[MarkdownFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_folder(path: Path) -> Folder:
    """Read every Markdown file under ``path``, leaving out hidden ones, ``node_modules`` and links that
    lead outside.

    Raises InputError where ``path`` is no folder that can be read, or has no Markdown, or more than 20,000
    files.
    """
    if not path.is_dir():
        what = "is not a folder" if path.exists() else "does not exist"
        raise InputError(f"{path} {what}")
    folder = Folder(root=path.resolve())
    for found in _markdown_paths(folder):
        if len(folder.files) == MAX_FILES:
            raise InputError(f"{path} has more than {MAX_FILES:,} Markdown files")
        read = _read(folder, found)
        if read is not None:
            folder.files.append(read)
    if not folder.files:
        reasons = f" ({'; '.join(folder.notes[:3])})" if folder.notes else ""
        raise InputError(f"{path} has no Markdown file that can be imported{reasons}")
    folder.files.sort(key=lambda file: file.path)
    return folder


def _markdown_paths(folder: Folder) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        where = os.path.relpath(error.filename, folder.root) if error.filename else "a folder"
        folder.notes.append(f"{readable(where)}: {error.strerror}, left out")

    for place, folders, names in os.walk(folder.root, onerror=unreadable):
        here = Path(place)
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in [name for name in folders if (here / name).is_symlink() or readable(name) != name]:
            why = "a link to a folder, not followed" if readable(name) == name else "a name that is not UTF-8, left out"
            folder.notes.append(f"{readable(str(_inside(folder, here / name)))}: {why}")
            folders.remove(name)
        for name in sorted(names):
            if name.lower().endswith(MARKDOWN) and not name.startswith("."):
                if readable(name) == name:
                    yield here / name
                else:
                    folder.notes.append(f"{readable(name)}: a name that is not UTF-8, left out")


def _inside(folder: Folder, path: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(folder.root).as_posix())


def _read(folder: Folder, found: Path) -> MarkdownFile | None:
    name = _inside(folder, found)
    try:
        if found.is_symlink() and not found.resolve().is_relative_to(folder.root):
            folder.notes.append(f"{name}: a link that leads out of the folder, left out")
            return None
        if not found.is_file():
            folder.notes.append(f"{name}: not a regular file, left out")
            return None
        status = found.stat()
        if status.st_size > MAX_FILE_BYTES:
            folder.notes.append(f"{name}: larger than {MAX_FILE_BYTES:,} bytes, left out")
            return None
        data = found.read_bytes()
    except RuntimeError:
        folder.notes.append(f"{name}: a link that leads to itself, left out")
        return None
    except OSError as error:
        folder.notes.append(f"{name}: {error.strerror or 'cannot be read'}, left out")
        return None
    text = _decode(folder, name, data)
    if text is None:
        return None
    front, rest = _front_matter(folder, name, text)
    return _described(folder, name, front, rest, int(status.st_mtime) * 1000)


def _decode(folder: Folder, name: PurePosixPath, data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        folder.notes.append(f"{name}: binary data, left out")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        folder.notes.append(f"{name}: not UTF-8 from byte {error.start}, bad bytes replaced")
        return data.decode("utf-8-sig", "replace")


def _front_matter(folder: Folder, name: PurePosixPath, text: str) -> tuple[Mapping[str, Any], str]:
    found = _FRONT.match(text)
    if found is None or not _FRONT_LINE.match(found[2]):
        return {}, text
    rest = text[found.end() :]
    if not _KEYS.search(found[2]):
        return {}, rest
    try:
        front = _toml(found[2]) if found[1] == "+++" else _yaml(found[2])
    except ValueError as error:
        folder.notes.append(f"{name}: front matter cannot be read ({error})")
        return {}, rest
    return front if isinstance(front, Mapping) else {}, rest


def _toml(text: str) -> Any:
    import tomllib

    return tomllib.loads(text)


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, TypeError, AttributeError, RecursionError, KeyError) as error:
        raise ValueError(str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def _described(folder: Folder, name: PurePosixPath, front: Mapping[str, Any], text: str, changed: int) -> MarkdownFile:
    def at(*keys: str) -> int | None:
        return next((ms for key in keys if (ms := _instant(folder, name, key, front.get(key))) is not None), None)

    title = front.get("title")
    shown = readable(str(title)).strip() if isinstance(title, str | int | float) else ""
    authors = _names(front.get("author")) or _names(front.get("authors"))
    return MarkdownFile(
        path=name,
        text=text,
        title=shown or None,
        created=at("created", "published", "date"),
        updated=at("updated", "last_updated", "lastmod", "last_modified", "modified", "date"),
        author=authors[0] if authors else None,
        owner=next(iter(_names(front.get("owner"))), None),
        labels=tuple(_names(front.get("labels")) + _names(front.get("tags"))),
        changed=max(changed, _EARLIEST_MS),
    )


def _instant(folder: Folder, name: PurePosixPath, key: str, value: object) -> int | None:
    if value is None:
        return None
    try:
        ms = parse_time(value.isoformat() if isinstance(value, date | datetime) else str(value).strip())
    except (ValueError, OverflowError):
        ms = -1
    if _EARLIEST_MS <= ms < _LATEST_MS:
        return ms
    folder.notes.append(f"{name}: {key} is no date between 1970 and 2100, ignored")
    return None


def _names(value: object) -> list[str]:
    """A name, a list of names, or of maps with a ``name``; a string may have several with commas between."""
    if isinstance(value, str):
        return [part.strip() for part in readable(value).split(",") if part.strip()]
    if isinstance(value, Mapping):
        return _names(value.get("name"))
    if isinstance(value, list | tuple):
        return [name for item in value for name in (_names(item) if isinstance(item, str | Mapping) else [])]
    return []
