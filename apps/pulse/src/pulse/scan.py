"""Scanning a space step by step: each reads the next pages once and adds them up, so that a scan of twice as many pages
takes twice as long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pulse.confluence import Confluence, Json
from pulse.likeness import sketch
from pulse.progress import MOST_PAGES, WORST, Progress
from pulse.roll import Roll, check_sum
from pulse.score import GRADES, grade, page_score
from pulse.signals import SIGNALS, freshness, labels, links, ownership, readability, review_cycle, structure
from pulse.storage_format import Form, read_page

__all__ = ["begin", "finish", "judge", "scan_step"]

STEP = 50
"""Pages that one step reads."""

DAY_S = 86_400
HUNDREDTHS = 100
LINKED_SHARE = 0.3
"""Of the weight of a space's links: what pages that another page links to make of it."""

MOST_BROKEN = 10_000
"""Broken links of one page that are counted."""


def judge(
    page: Json, form: Form, states: Mapping[str | None, str], now: datetime, cycle_days: int
) -> tuple[dict[str, int], bool]:
    """What a page shows by itself, every signal but links, and readability where it can be judged; and whether its
    review is overdue. ``cycle_days`` is for pages that no label gives a cycle."""
    age_days = (now - datetime.fromisoformat(page["version"]["createdAt"])).total_seconds() / DAY_S
    names = [label["name"] for label in page["labels"]["results"]]
    cycle = review_cycle(names, cycle_days)
    signals: dict[str, int | None] = {
        "freshness": freshness(age_days, cycle),
        "ownership": ownership(states.get(page.get("ownerId"), "unknown")),
        "readability": readability(form),
        "structure": structure(form),
        "labels": labels(len(names)),
    }
    return {name: value for name, value in signals.items() if value is not None}, 0 < cycle < age_days


def begin(titles: Mapping[str, str], weights: Mapping[str, int], review: int) -> Progress:
    """A scan of the pages with these ids and titles. Those beyond the first 10,000 are left out."""
    found = sorted((int(id_), title) for id_, title in titles.items())
    return Progress(
        ids=[id_ for id_, _ in found[:MOST_PAGES]],
        titles=[check_sum(title) for _, title in found[:MOST_PAGES]],
        left_out=max(0, len(found) - MOST_PAGES),
        weights=dict(weights),
        review=review,
    )


async def scan_step(
    confluence: Confluence, space: Json, viewer: str, progress: Progress, now: datetime, *, sketched: bool = False
) -> list[dict[str, Any]]:
    """Read the next pages and add them to ``progress``; their rows, with sketches if they are to be compared. Raises
    RefusedError, and then nothing is added."""
    listed, following = await confluence.listed(space["id"], STEP, progress.following)
    listed = listed[: MOST_PAGES - progress.tally["pages"]]
    pages = await confluence.pages(page["id"] for page in listed)
    states = await confluence.account_states([viewer, *(page.get("ownerId") for page in pages)])
    roll = Roll.of(space["key"], space["_links"].get("base", ""), progress.ids, progress.titles)
    rows = []
    for page in pages:
        form, text = read_page(page["body"]["storage"]["value"])
        row = _add(progress, page, form, roll, states, now)
        rows.append(row | {"sketch": sketch(text) if sketched else []})
    ranked = sorted([*progress.worst, *((round(row["score"] * HUNDREDTHS), row["id"], row["title"]) for row in rows)])
    progress.worst = ranked[:WORST]
    progress.following = following * (progress.tally["pages"] < MOST_PAGES)
    return rows


def _add(
    progress: Progress, page: Json, form: Form, roll: Roll, states: Mapping[str | None, str], now: datetime
) -> dict[str, Any]:
    signals, overdue = judge(page, form, states, now, progress.review)
    places = roll.places(form.links)
    signals["links"] = links(places)
    score = page_score(signals, progress.weights)
    own = roll.by_id.get(page["id"])
    progress.linked |= sum(1 << place for place in {*places} if place is not None and place != own)
    broken = min(MOST_BROKEN, places.count(None))
    seen = {"pages": 1, "score": round(score * HUNDREDTHS), "broken": broken, "overdue": int(overdue)}
    seen |= signals | {grade(score): 1, "readable": int("readability" in signals)}
    for name, amount in seen.items():
        progress.tally[name] += amount
    row = {"id": page["id"], "title": page["title"], "score": score, "grade": grade(score)}
    return row | dict.fromkeys(SIGNALS) | signals | {"broken": broken, "overdue": overdue}


def finish(progress: Progress) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row of the space and its worst pages, from the sums of all steps."""
    tally, weights = progress.tally, progress.weights
    pages = max(1, tally["pages"])
    linked = min(tally["pages"], progress.linked.bit_count())
    lacking = tally["links"] / pages - 100 * linked / pages
    share = LINKED_SHARE * weights["links"] / max(1, sum(weights.values()))
    score = tally["score"] / HUNDREDTHS / pages - share * lacking
    space: dict[str, Any] = {"score": round(min(100.0, max(0.0, score)), 4), "pages": tally["pages"]}
    space |= {name: round(tally[name] / pages) for name in SIGNALS}
    space["readability"] = _mean(tally["readability"], tally["readable"])
    space["links"] = round(tally["links"] / pages - LINKED_SHARE * lacking)
    space["grades"] = {name: round(100 * tally[name] / pages) for name in GRADES}
    space |= {"overdue": tally["overdue"], "orphans": tally["pages"] - linked, "broken": min(99_999, tally["broken"])}
    return space, [
        {"id": id_, "title": title, "score": number / HUNDREDTHS, "grade": grade(number / HUNDREDTHS)}
        for number, id_, title in progress.worst
    ]


def _mean(total: int, judged: int) -> int | None:
    values: Sequence[int | None] = (None, min(100, round(total / max(1, judged))))
    return values[judged > 0]
