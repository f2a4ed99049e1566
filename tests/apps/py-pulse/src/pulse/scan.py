"""Scanning a space step by step. Between steps the caller carries a cursor of ids and numbers, no text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pulse.confluence import Confluence, Json
from pulse.score import mean, page_score
from pulse.signals import (
    SIGNALS,
    freshness,
    know,
    labels,
    links,
    outgoing,
    ownership,
    readability,
    structure,
    targets,
)  # fmt: skip
from pulse.storage_format import Form, read_form

__all__ = ["START", "checked", "finish", "judge", "scan_step"]

START: Mapping[str, Any] = {"after": 0, "signals": {}, "linked": []}
"""Where a scan begins. ``after``: the last page id that was read; ``signals``: page id → its six numbers, links
without what other pages add; ``linked``: ids that another page links to."""

MOST_SIGNAL, MOST_OUTGOING = 100, 70
STEP = 40
"""Pages that one step reads."""

WORST = 10
DAY_S = 86_400


def checked(cursor: Any) -> Any:
    """The cursor, if a step can have made it; none, and an empty one, are as they are. Raises ValueError."""
    if not cursor or (isinstance(cursor, dict) and cursor.keys() == START.keys() and _is_state(**cursor)):
        return cursor
    raise ValueError("this is no cursor of a scan")


def _is_state(after: Any, signals: Any, linked: Any) -> bool:
    kinds = type(after) is int and isinstance(signals, dict) and isinstance(linked, list)
    return kinds and all(map(_is_id, (*signals, *linked))) and all(map(_are_numbers, signals.values()))


def _is_id(text: Any) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit()


def _are_numbers(values: Any) -> bool:
    """Whether they are a page's six numbers."""
    most = [MOST_OUTGOING if name == "links" else MOST_SIGNAL for name in SIGNALS]
    kinds = isinstance(values, list) and all(type(each) is int for each in values) and len(values) == len(most)
    return kinds and all(0 <= each <= limit for each, limit in zip(values, most, strict=True))


def judge(page: Json, form: Form, states: Mapping[str | None, str], now: datetime) -> dict[str, int]:
    """What a page shows by itself: every signal but links."""
    age = now - datetime.fromisoformat(page["version"]["createdAt"])
    return {
        "freshness": freshness(age.total_seconds() / DAY_S),
        "ownership": ownership(states.get(page.get("ownerId"), "unknown")),
        "readability": readability(form),
        "structure": structure(form),
        "labels": labels(len(page["labels"]["results"])),
    }


async def scan_step(
    confluence: Confluence, space: Json, viewer: str, so_far: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], dict[str, str], bool]:
    """Read the next pages. The state after them, the titles of the space by id, and whether pages are left.

    Raises RefusedError.
    """
    titles = await confluence.titles(space["id"])
    own, known = know(space["key"], space["_links"].get("base", ""), titles)
    todo = [page_id for page_id in sorted(map(int, titles)) if page_id > so_far["after"]]
    pages = await confluence.pages(map(str, todo[:STEP]))
    states = await confluence.account_states([viewer, *(page.get("ownerId") for page in pages)])
    signals, linked = dict(so_far["signals"]), set(so_far["linked"])
    for page in pages:
        form = read_form(page["body"]["storage"]["value"])
        values = judge(page, form, states, now) | {"links": outgoing(form, own, known)}
        signals[page["id"]] = [values[name] for name in SIGNALS]
        linked |= targets(form, known) - {page["id"]}
    state = {"after": max(todo[:STEP], default=0), "signals": signals, "linked": sorted(linked)}
    return state, titles, len(todo) > STEP


def finish(
    state: Mapping[str, Any], titles: Mapping[str, str], weights: Mapping[str, int]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row of the space and its worst pages, from the numbers of all steps."""
    linked = set(state["linked"])
    pages = []
    for page_id, values in state["signals"].items():
        signals = dict(zip(SIGNALS, values, strict=True))
        signals["links"] = links(signals["links"], linked=page_id in linked)
        row = {"id": page_id, "title": titles.get(page_id, ""), "score": page_score(signals, weights)}
        pages.append(row | signals)
    space = {"score": mean(page["score"] for page in pages), "pages": len(pages)}
    space |= {name: round(mean(page[name] for page in pages)) for name in SIGNALS}
    return space, sorted(pages, key=lambda page: (page["score"], page["id"]))[:WORST]
