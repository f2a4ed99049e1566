"""Reads a site from its file.

What people write by hand needs few keys; what ``site import --out`` wrote gives the very site back. Every problem is
told at once, with its line where the file is small enough to know it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.site.file.fill import complete, fill_site, number
from forgesim.site.file.gather import Record, gather
from forgesim.site.file.record import collections, fields, key_of
from forgesim.site.file.resolve import resolve, resolve_links
from forgesim.site.file.source import Source, read_source
from forgesim.site.limits import MAX_DUMP_BYTES, MAX_FILE_BYTES
from forgesim.site.model import Page, Site
from forgesim.site.showpieces import variables_of
from forgesim.site.storage import storage_problem

__all__ = ["load_site", "read_bounded"]

_FIRST_FREE = 900_000


def read_bounded(path: Path, most: int = MAX_DUMP_BYTES) -> bytes:
    """The bytes of a regular file of at most so many. Raises InputError."""
    try:
        if not path.is_file():
            raise InputError(Problem(what="not a regular file", file=str(path)))
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise InputError(Problem(what=f"cannot be read: {error.strerror}", file=str(path))) from None
    if len(raw) > most:
        raise InputError(Problem(what=f"more than {most:,} bytes", file=str(path)))
    return raw


def load_site(raw: bytes, *, file: str, folder: Path) -> Site:
    """The site that YAML or JSON describes. ``folder``: where data of attachments lies, which a path may not leave.

    Raises InputError with every problem.
    """
    source = read_source(raw, file)
    source.check()
    own, found = gather(source)
    fill_site(own, found)
    number(found)
    resolve(source, found)
    complete(own, found)
    resolve_links(source, found, own)
    for record in found["pages"]:
        _attach(source, record, folder)
    records = {name: _converted(source, kind, found[name]) for name, kind in collections().items()}
    site = _site(source, own, records)
    if "variables" not in own:
        site.variables = variables_of(site)
    if "next_id" not in own:
        ids = [int(each) for name in records for each in _ids(found[name]) if each.isdecimal() and len(each) < 18]
        site.next_id = max([_FIRST_FREE, *(each + 1 for each in ids)])
    return site


def _ids(records: Iterable[Record]) -> Iterable[str]:
    waiting: list[Any] = [record.fields for record in records]
    while waiting:
        item = waiting.pop()
        if isinstance(item.get("id"), str):
            yield item["id"]
        for value in item.values():
            if isinstance(value, list):
                waiting += [each for each in value if isinstance(each, dict)]


def _attach(source: Source, record: Record, folder: Path) -> None:
    """Bytes of attachments from ``file`` or ``text``."""
    held = record.fields.get("attachments")
    for place, item in enumerate(held if isinstance(held, list) else ()):
        if not isinstance(item, dict):
            continue
        path = (*record.path, "attachments", place)
        text, name = item.pop("text", None), item.pop("file", None)
        if isinstance(text, str):
            item["data"] = text.encode("utf-8", "replace")
            item.setdefault("media_type", "text/plain")
        elif isinstance(name, str):
            data = _file(source, path, folder, name)
            item["data"] = data
            item.setdefault("title", Path(name).name)
        elif isinstance(item.get("data"), str):
            try:
                item["data"] = msgspec.convert(item["data"], bytes)
            except msgspec.ValidationError:
                source.tell(path, "data of an attachment must be base64", "or name a file: with its path")
        item.setdefault("media_type", _media_type(str(item.get("title", ""))))


def _media_type(title: str) -> str:
    import mimetypes

    kinds = mimetypes.MimeTypes(filenames=())  # what this machine has been told of types does not count
    return kinds.guess_type(title)[0] or "application/octet-stream"


def _file(source: Source, path: tuple[str | int, ...], folder: Path, name: str) -> bytes:
    root = folder.resolve()
    try:
        target = (root / name).resolve()
        if "\0" in name or not target.is_relative_to(root):
            source.tell(path, f"the file {name[:80]!r} is not in the folder of the site", "copy it there")
            return b""
        return read_bounded(target, MAX_FILE_BYTES)
    except InputError as error:
        source.tell(path, f"the file {name[:80]!r}: {error.problems[0].what}")
    except (OSError, ValueError, RuntimeError):
        source.tell(path, f"the file {name[:80]!r} cannot be read")
    return b""


def _converted(source: Source, kind: type, records: list[Record]) -> dict[str, Any]:
    """Key → value of the class; what cannot be one is told."""
    result = {}
    for record in records:
        if lacks := [name for name, field in fields(kind).items() if field.required and name not in record.fields]:
            if record.path in source.unread:
                continue  # it may have been written under a name that has been told of
            names = ", ".join(lacks)
            what = f"the {kind.__name__.lower()} {record.name()} lacks {names}"
            source.tell(record.path, what, f"add {names}")
            continue
        try:
            value: Any = msgspec.convert(record.fields, kind, strict=True)
        except msgspec.ValidationError as error:
            what, place = _explained(str(error))
            source.tell(
                (*record.path, *place), f"{what} ({'.'.join(map(str, place)) or kind.__name__} of {record.name()})"
            )
            continue
        if isinstance(value, Page):
            _bodies(source, record, value)
        result[str(getattr(value, key_of(kind)))] = value
    return result


def _bodies(source: Source, record: Record, page: Page) -> None:
    if (why := storage_problem(page.body)) is not None:
        source.tell(record.path, f"the body of {record.name()} is {why}", "bodies are storage format; text: is plain")
    for place, comment in enumerate(page.comments):
        if (why := storage_problem(comment.body)) is not None:
            at = (*record.path, "comments", place)
            source.tell(at, f"the body of a comment is {why}", "bodies are storage format; text: is plain")


def _explained(message: str) -> tuple[str, tuple[str | int, ...]]:
    """What is wrong, and where inside the record: ``Expected `str`, got `int` - at `$.comments[0].body```."""
    what, _, where = message.partition(" - at `$")
    steps: list[str | int] = []
    for part in where.rstrip("`").replace("[", ".[").split("."):
        if part.startswith("[") and part[1:-1].isdigit():
            steps.append(int(part[1:-1]))
        elif part and not part.startswith("["):
            steps.append(part)
    return what[:1].lower() + what[1:], tuple(steps)


def _site(source: Source, own: dict[str, Any], records: dict[str, dict[str, Any]]) -> Site:
    """The whole; fields of its own are told one by one. Raises InputError with every problem of the file."""
    values: dict[str, Any] = {}
    for name, value in own.items():
        try:
            values[name] = msgspec.convert(value, fields(Site)[name].hint, strict=True)
        except msgspec.ValidationError as error:
            source.tell((name,), f"{name}: {_explained(str(error))[0]}")
    source.check()
    return Site(**{**values, **records})
