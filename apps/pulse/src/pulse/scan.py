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

__all__ = ["START", "finish", "judge", "scan_step"]

START: Mapping[str, Any] = {"at": {}, "signals": {}, "linked": []}
"""Where a scan begins. ``at``: where the list of pages goes on, empty at both ends; ``signals``: page id →
five numbers; ``linked``: ids that another page links to."""

WORST = 10
DAY_S = 86_400


def judge(page: Json, form: Form, states: Mapping[str | None, str], now: datetime) -> dict[str, int]:
    """What a page shows by itself: freshness, ownership, readability, structure."""
    age = now - datetime.fromisoformat(page["version"]["createdAt"])
    return {
        "freshness": freshness(age.total_seconds() / DAY_S),
        "ownership": ownership(states.get(page.get("ownerId"), "unknown")),
        "readability": readability(form),
        "structure": structure(form),
    }


async def scan_step(
    confluence: Confluence, space: Json, viewer: str, so_far: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the next pages: the state after them, and the titles of the space by id. Raises RefusedError."""
    titles = await confluence.titles(space["id"])
    own, known = know(space["key"], space["_links"].get("base", ""), titles)
    pages, at = await confluence.bodies(space["id"], so_far["at"])
    states = await confluence.account_states([viewer, *(page.get("ownerId") for page in pages)])
    signals, linked = dict(so_far["signals"]), set(so_far["linked"])
    for page in pages:
        form = read_form(page["body"]["storage"]["value"])
        signals[page["id"]] = [*judge(page, form, states, now).values(), outgoing(form, own, known)]
        linked |= targets(form, known) - {page["id"]}
    return {"at": at, "signals": signals, "linked": sorted(linked)}, titles


def finish(
    state: Mapping[str, Any], titles: Mapping[str, str], counts: Mapping[str, int], weights: Mapping[str, int]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row of the space and its worst pages, from the numbers of all steps."""
    linked = set(state["linked"])
    pages = []
    for page_id, (*own, out) in state["signals"].items():
        values = [*own, links(out, linked=page_id in linked), labels(counts.get(page_id, 0))]
        signals = dict(zip(SIGNALS, values, strict=True))
        row = {"id": page_id, "title": titles.get(page_id, ""), "score": page_score(signals, weights)}
        pages.append(row | signals)
    space = {"score": mean(page["score"] for page in pages), "pages": len(pages)}
    space |= {name: round(mean(page[name] for page in pages)) for name in SIGNALS}
    return space, sorted(pages, key=lambda page: (page["score"], page["id"]))[:WORST]
