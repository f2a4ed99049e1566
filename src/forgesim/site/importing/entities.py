"""The objects of ``entities.xml``, one after the other, in bounded memory.

The file is flat: ``<object class="Page">`` with an id, properties and collections of references. A document type is
refused whatever it says: with it go entities, files from elsewhere, and texts that swell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from forgesim.errors import InputError, Problem
from forgesim.site.limits import MAX_RECORDS, MAX_TEXT_CHARS, MAX_XML_DEPTH

__all__ = ["Entity", "read_entities"]

_ROOT = "hibernate-generic"


@dataclass(slots=True)
class Entity:
    """``values``: property → text. ``refs``: property or collection → ids of what it points at."""

    kind: str
    line: int
    id: str = ""
    values: dict[str, str] = field(default_factory=dict)
    refs: dict[str, list[str]] = field(default_factory=dict)

    def ref(self, name: str) -> str | None:
        found = self.refs.get(name)
        return found[0] if found else None


def read_entities(chunks: Iterable[bytes], file: str, *, skip: frozenset[str] = frozenset()) -> Iterator[Entity]:
    """The objects of the classes that are not skipped. Raises InputError with the line."""
    reader = _Reader(file, skip)
    for data in chunks:
        reader.feed(data, last=False)
        yield from reader.take()
    reader.feed(b"", last=True)
    yield from reader.take()


class _Reader:
    def __init__(self, file: str, skip: frozenset[str]) -> None:
        self._file = file
        self._skip = skip
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._done: list[Entity] = []
        self._count = 0
        self._depth = 0
        self._entity: Entity | None = None
        self._skipped = False
        self._property = ""
        self._points = False
        self._parts: list[str] | None = None
        self._length = 0

    def feed(self, data: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            self._stop(f"not well-formed XML: {expat.ErrorString(error.code)}", error.lineno)
        except (ValueError, LookupError, UnicodeError) as error:
            self._stop(f"not readable XML: {str(error)[:100]}")

    def take(self) -> list[Entity]:
        done, self._done = self._done, []
        return done

    def _stop(self, what: str, line: int | None = None) -> NoReturn:
        at = line if line is not None else self._parser.CurrentLineNumber
        raise InputError(Problem(what=what, file=self._file, line=at)) from None

    def _doctype(self, *_: object) -> None:
        self._stop("the file has a document type (DTD), which an export has not")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_XML_DEPTH:
            self._stop(f"elements nested more than {MAX_XML_DEPTH} deep")
        if self._depth == 1:
            if name != _ROOT:
                self._stop(f"this is {name[:60]!r}, no export of Confluence", self._parser.CurrentLineNumber)
            return
        if self._depth == 2:
            self._count += 1
            if self._count > MAX_RECORDS:
                self._stop(f"more than {MAX_RECORDS:,} objects")
            kind = attributes.get("class", "")
            self._skipped = name != "object" or kind in self._skip
            self._entity = None if self._skipped else Entity(kind, self._parser.CurrentLineNumber)
            return
        if self._skipped:
            return
        if self._depth == 3:
            self._property = "" if name == "id" else attributes.get("name", "")
            self._points = name == "collection" or "class" in attributes
        self._parts, self._length = [], 0

    def _text(self, text: str) -> None:
        if self._parts is not None:
            self._length += len(text)
            if self._length > MAX_TEXT_CHARS:
                self._stop(f"a text of more than {MAX_TEXT_CHARS:,} characters")
            self._parts.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        entity = self._entity
        if entity is None:
            return
        if self._depth == 1:
            if not self._skipped:
                self._done.append(entity)
            self._entity = None
        elif self._parts is not None:
            text = "".join(self._parts)
            if name == "id" and self._depth == 2:
                entity.id = text.strip()
            elif name == "id" or (name == "element" and text.strip()):
                entity.refs.setdefault(self._property, []).append(text.strip())
            elif name == "property" and not self._points:
                entity.values[self._property] = text
            elif name == "property" and text.strip():
                entity.values[self._property] = text.strip()
            self._parts = None
