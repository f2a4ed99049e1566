"""Takes the records out of a site file: nested pages and issues become lists of their own, aliases the model's names.

A record is a map of its fields with the path at which the file has it, for problems.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from forgesim.clock import parse_time
from forgesim.manifest.reading import one_of
from forgesim.site.file.record import FIRST_MS, LAST_MS, NAMES, Field, collections, fields, positional
from forgesim.site.file.source import Path, Source
from forgesim.site.model import Comment, Page, Site, Space
from forgesim.site.storage import escape

__all__ = ["NESTED", "Record", "aliases", "gather"]

NESTED: Final[dict[str, dict[str, str]]] = {
    "spaces": {"pages": "pages"},
    "pages": {"children": "pages"},
    "projects": {"issues": "issues", "boards": "boards"},
    "boards": {"sprints": "sprints"},
}
"""Collection → keys under which its records may hold others → the collection that those belong to."""
_LINKS: Final = {"spaces": "space_id", "projects": "project_id", "boards": "board_id"}
_CODES: Final = frozenset(("id", "key", "account_id"))


@dataclass(slots=True, eq=False)
class Record:
    """``above``: the record that holds this one in the file. ``fields`` are in the model's names, not yet checked."""

    path: Path
    fields: dict[str, Any]
    above: Record | None = None
    above_in: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def name(self) -> str:
        """What a problem calls it."""
        for key in ("title", "key", "handle", "name", "id"):
            value = self.fields.get(key)
            if isinstance(value, str | int) and value != "":
                return f"{str(value)[:60]!r}"
        return "without a name"


def aliases(kind: type) -> dict[str, str]:
    """Shorter names that a file may use: ``space`` for ``space_id``, ``created`` for ``created_at``."""
    own = fields(kind)
    found = {name.removesuffix(end): name for end in ("_id", "_at") for name in own if name.endswith(end)}
    if kind is Space:
        found["home"] = "homepage_id"
    return {short: name for short, name in found.items() if short not in own}


def gather(source: Source) -> tuple[dict[str, Any], dict[str, list[Record]]]:
    """The site's own fields, in the model's names, and the records of each collection in the file's order."""
    if not isinstance(source.data, dict):
        source.tell((), "a site is a map", "begin with people:, spaces: or projects:")
        source.check()
    names = {NAMES.get(name, name): name for name in fields(Site)}
    own: dict[str, Any] = {}
    found: dict[str, list[Record]] = {name: [] for name in collections()}
    for key, value in source.data.items():
        name = names.get(key)
        if name is None:
            source.tell((), f"a site has no field {key!r}", one_of(key, names), key=key)
        elif name in found:
            _collect(source, name, value, (key,), None, "", found)
        else:
            own[name] = _field(source, fields(Site)[name], value, (key,))
    return own, found


def _collect(
    source: Source,
    name: str,
    value: Any,
    path: Path,
    above: Record | None,
    above_in: str,
    found: dict[str, list[Record]],
) -> None:
    """Records of a list; what they hold follows each of them."""
    waiting: list[tuple[str, Any, Path, Record | None, str]] = [(name, value, path, above, above_in)]
    while waiting:
        name, value, path, above, above_in = waiting.pop()
        inner: list[tuple[str, Any, Path, Record | None, str]] = []
        for key, item in _items(source, value, path):
            here = (*path, key)
            if not isinstance(item, dict):
                source.tell(here, f"each of {path[-1]} is a map of fields")
                continue
            record = _record(source, name, item, here)
            record.above, record.above_in = above, above_in
            found[name].append(record)
            for held, target in NESTED.get(name, {}).items():
                if held in record.extra:
                    inner.append((target, record.extra.pop(held), (*here, held), record, name))
        waiting += reversed(inner)


def _items(source: Source, value: Any, path: Path) -> list[tuple[int, Any]]:
    if isinstance(value, list):
        return list(enumerate(value))
    if value is not None:
        source.tell(path, f"{path[-1]} must be a list", "begin each of them with a dash")
    return []


def _record(source: Source, name: str, item: dict[str, Any], path: Path) -> Record:
    kind = collections()[name]
    extra = {held: item[held] for held in NESTED.get(name, {}) if held in item}
    own = {key: value for key, value in item.items() if key not in extra}
    return Record(path, _fields(source, kind, own, path), extra=extra)


def _fields(source: Source, kind: type, item: dict[str, Any], path: Path) -> dict[str, Any]:
    own, short = fields(kind), aliases(kind)
    result: dict[str, Any] = {}
    for key, value in item.items():
        name = short.get(key, key)
        if (kind is Page or kind is Comment) and key == "text" and "body" not in item and isinstance(value, str):
            result["body"] = "".join(f"<p>{escape(line)}</p>" for line in value.split("\n") if line.strip())
        elif kind.__name__ == "Attachment" and key in ("file", "text") and "data" not in item:
            result[key] = value
        elif name not in own:
            hint = one_of(key, (*own, *short, *NESTED.get(_collection(kind), ())))
            source.tell(path, f"{_called(kind, item)} has no field {key!r}", hint, key=key)
        elif name in result or (name != key and name in item):
            source.tell(path, f"{_called(kind, item)} has {key} and {name}, which are one", "leave one out", key=key)
        else:
            result[name] = _field(source, own[name], value, (*path, key))
    return result


def _field(source: Source, shape: Field, value: Any, path: Path) -> Any:
    if shape.time:
        return _time(source, value, path)
    if shape.name in _CODES or shape.name.endswith("_id"):
        return str(value) if isinstance(value, int) and not isinstance(value, bool) and _texts(shape) else value
    if shape.record is None:
        return value
    if shape.mapped and isinstance(value, dict):
        return {key: _nested(source, shape.record, each, (*path, key)) for key, each in value.items()}
    return _nested(source, shape.record, value, path)


def _texts(shape: Field) -> bool:
    return shape.hint is not int and "int" not in str(shape.hint)


def _nested(source: Source, kind: type, value: Any, path: Path) -> Any:
    """Records inside a record, whose fields are named or, where the model says so, in order."""
    if isinstance(value, dict):
        if positional(kind):
            named = _fields(source, kind, value, path)
            return [named.get(name, field.default) for name, field in fields(kind).items() if _told(named, field)]
        return _fields(source, kind, value, path)
    if isinstance(value, list):
        if positional(kind) and value and not isinstance(value[0], list | dict):
            return _in_order(source, kind, value, path)
        return [_nested(source, kind, each, (*path, place)) for place, each in enumerate(value)]
    return value


def _told(named: dict[str, Any], field: Field) -> bool:
    return field.name in named or not field.required


def _in_order(source: Source, kind: type, value: list[Any], path: Path) -> list[Any]:
    return [
        _field(source, field, each, (*path, place))
        for place, (each, field) in enumerate(zip(value, fields(kind).values(), strict=False))
    ] + value[len(fields(kind)) :]


def _time(source: Source, value: Any, path: Path) -> Any:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return value
    try:
        at = parse_time(value) if isinstance(value, str) else value
    except (ValueError, OverflowError):
        at = LAST_MS + 1
    if FIRST_MS <= at <= LAST_MS:
        return at
    source.tell(path, f"{str(value)[:40]!r} is no time", "write it as 2026-01-05T09:00:00Z")
    return 0


def _collection(kind: type) -> str:
    return next((name for name, each in collections().items() if each is kind), "")


def _called(kind: type, item: dict[str, Any]) -> str:
    name = next((item[key] for key in ("title", "key", "handle", "name") if isinstance(item.get(key), str)), None)
    return f"the {kind.__name__.lower()}" + (f" {name[:60]!r}" if name else "")
