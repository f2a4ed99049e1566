"""What a search tells of the files and comments of pages."""

from __future__ import annotations

from typing import Any

import pytest

from pulse.beside import Beside, File, beside_of

AT = "2026-01-05T09:00:00.000Z"


def found(kind: str, page: str = "1", **content: Any) -> dict[str, Any]:
    """A result of Confluence's search."""
    held = {"type": kind, "title": "a.png", "container": {"id": page}, "ancestors": [], "extensions": {}}
    return {"content": held | content, "lastModified": AT}


def comment(status: str, **content: Any) -> dict[str, Any]:
    return found("comment", extensions={"location": "inline", "resolution": {"status": status}}, **content)


def test_pages_of_which_nothing_is_found_have_nothing() -> None:
    assert beside_of(["1", "2"], []) == {"1": Beside([], []), "2": Beside([], [])}


def test_each_file_lies_beside_its_page() -> None:
    each = [found("attachment", page, extensions={"fileSize": 7}) for page in "12"]
    assert beside_of(["1", "2"], each)["2"] == Beside([File(name="a.png", size=7, changed=AT)], [])


@pytest.mark.parametrize(("status", "threads"), [("open", 1), ("reopened", 1), ("resolved", 0), ("dangling", 0)])
def test_an_inline_comment_is_open_until_it_is_resolved(status: str, threads: int) -> None:
    assert len(beside_of(["1"], [comment(status)])["1"].threads) == threads


def test_a_reply_and_a_comment_below_the_page_are_no_open_thread() -> None:
    each = [comment("open", ancestors=[{"id": "9"}]), found("comment", extensions={"location": "footer"})]
    assert beside_of(["1"], each)["1"].threads == []
