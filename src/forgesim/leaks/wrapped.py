"""Texts inside others: the strings and the names of a JSON value, the parts of a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forgesim.leaks.leaves import names, scalars
from forgesim.leaks.view import Raw, View

__all__ = ["address", "addresses", "strings"]

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#\s]*)([^?#\s]*)\??([^#\s]*)")
_MARK = re.compile(r"[\d\W_]+")


def strings(view: View) -> Iterator[tuple[str, Raw]]:
    """The strings of a JSON value put together; the names of its fields, as they are and without their numbers."""
    if view.value is None:
        return
    yield "json", "".join(scalars(view.value))
    named = list(names(view.value))
    if named:
        yield "names of fields", "".join(named)
        bare = "".join(_MARK.sub("", name) for name in named)
        if len(named) > 12 and bare:
            yield "names of fields", bare


def addresses(view: View) -> Iterator[tuple[str, Raw]]:
    """The labels of a URL's host, the segments of its path and the values of its query, each put together."""
    found = address(view.text)
    if found is None:
        return
    host, path, query = found
    labels = host.rpartition("@")[2].partition(":")[0].split(".")
    if len(labels) > 3:
        for kept in (len(labels) - 2, len(labels) - 1):
            yield "labels of a host", "".join(labels[:kept])
    if path.count("/") > 1:
        yield "path", path.replace("/", "")
    if "&" in query:
        yield "query", "".join(part.partition("=")[2] for part in query.split("&"))


def address(text: str) -> tuple[str, str, str] | None:
    """Host, path and query of a URL; null for what is none."""
    found = _URL.match(text)
    return None if found is None else (found[1], found[2], found[3])
