"""What lies beside the text of a page: its files and the comments that nobody has resolved. Their contents are never
asked for."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

__all__ = ["UNKNOWN", "Beside", "File", "beside_of"]

OPEN = frozenset({"open", "reopened"})
"""A comment whose passage is gone is ``dangling``: Confluence shows it no longer."""


class File(SimpleNamespace):
    """``changed``: when its version was made, in ISO 8601. (No tuple with names, here and below: every call makes the
    class anew.)"""

    name: str
    size: int
    changed: str


class Beside(SimpleNamespace):
    """``threads``: when each open inline comment was last changed; replies are no threads of their own."""

    def __init__(self, files: Iterable[File] = (), threads: Iterable[str] = ()) -> None:
        self.files, self.threads = list(files), list(threads)


UNKNOWN = Beside()
"""Where nobody could be asked."""


def beside_of(page_ids: Iterable[str], found: Iterable[dict[str, Any]]) -> dict[str, Beside]:
    """Page id → what a search found in it. ``found``: results of Confluence's search, contents expanded."""
    pages = {page_id: Beside() for page_id in page_ids}
    for each in found:
        content = each["content"]
        page, traits = pages[content["container"]["id"]], content["extensions"]
        if content["type"] == "attachment":
            page.files.append(File(name=content["title"], size=traits["fileSize"], changed=each["lastModified"]))
        elif traits.get("resolution", {}).get("status") in OPEN and not content["ancestors"]:
            page.threads.append(each["lastModified"])
    return pages
