"""Scanning a space step by step: each reads the next pages once and adds them up, so that a scan of twice as many pages
takes twice as long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pulse.beside import UNKNOWN, Beside
from pulse.confluence import Confluence, Json
from pulse.likeness import sketch
from pulse.progress import MOST_PAGES, WORST, Progress
from pulse.roll import Roll, check_sum
from pulse.score import GRADES, SIGNALS, grade, page_score
from pulse.signals import (
    attachments,
    comments,
    freshness,
    labels,
    links,
    ownership,
    readability,
    review_cycle,
    structure,
)
from pulse.storage_format import Form, read_page

__all__ = ["Judged", "begin", "finish", "judge", "scan_step"]

DAY_S = 86_400
HUNDREDTHS = 100
LINKED_SHARE = 0.3
"""Of the weight of a space's links: what pages that another page links to make of it."""

MOST_COUNTED, MOST_OF_SPACE = 10_000, 99_999
"""Broken links of a page, and open comments, that are counted; and of a space."""


class Judged:
    """A page as it was read: the signals that it shows by itself, whether its review is overdue, its form and prose."""

    def __init__(self, signals: dict[str, int], overdue: bool, form: Form, text: str) -> None:
        self.signals, self.overdue, self.form, self.text = signals, overdue, form, text


def judge(
    page: Json, names: Sequence[str], beside: Beside, states: Mapping[str | None, str], now: datetime, cycle_days: int
) -> Judged:
    """Read a page and judge what it shows by itself: every signal but links, and what cannot be judged. ``names`` of
    its labels; ``beside`` may be UNKNOWN; ``cycle_days`` is for pages that no label gives a cycle."""
    form, text = read_page(page["body"]["storage"]["value"])
    form.files |= form.addressed.get(page["id"], set())
    age_days = _age(page["version"]["createdAt"], now)
    cycle = review_cycle(names, cycle_days)
    signals: dict[str, int | None] = {
        "freshness": freshness(age_days, cycle),
        "ownership": ownership(states.get(page.get("ownerId"), "unknown")),
        "readability": readability(form),
        "structure": structure(form),
        "labels": labels(len(names)),
    }
    if beside is not UNKNOWN:
        files = {file.name: (file.size, _age(file.changed, now)) for file in beside.files}
        signals["attachments"] = attachments(form, files)
        signals["comments"] = comments([_age(each, now) for each in beside.threads])
    known = {name: value for name, value in signals.items() if value is not None}
    return Judged(known, 0 < cycle < age_days, form, text)


def _age(at: str, now: datetime) -> float:
    """In days."""
    return (now - datetime.fromisoformat(at)).total_seconds() / DAY_S


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
    listed, following = await confluence.pages(space["id"], progress.following)
    pages = listed[: MOST_PAGES - progress.tally["pages"]]
    ids = [page["id"] for page in pages]
    names, beside = await confluence.labels(ids), await confluence.beside(ids)
    states = await confluence.account_states([viewer, *(page.get("ownerId") for page in pages)])
    roll = Roll(space["key"], space["_links"].get("base", ""), progress.ids, progress.titles)
    rows = []
    for page in pages:
        around = beside[page["id"]]
        judged = judge(page, names.get(page["id"], ()), around, states, now, progress.review)
        row = _add(progress, page, judged, len(around.threads), roll)
        rows.append(row | {"sketch": sketch(judged.text) if sketched else []})
    ranked = sorted([*progress.worst, *((round(row["score"] * HUNDREDTHS), row["id"], row["title"]) for row in rows)])
    progress.worst = ranked[:WORST]
    progress.following = following * (progress.tally["pages"] < MOST_PAGES)
    return rows


def _add(progress: Progress, page: Json, judged: Judged, threads: int, roll: Roll) -> dict[str, Any]:
    places = roll.places(judged.form.links)
    signals = judged.signals | {"links": links(places)}
    score = page_score(signals, progress.weights)
    own = roll.by_id.get(page["id"])
    progress.linked |= sum(1 << place for place in {*places} if place is not None and place != own)
    found = {"broken": places.count(None), "unresolved": threads}
    counts = {name: min(MOST_COUNTED, number) for name, number in found.items()}
    added = {"pages": 1, "score": round(score * HUNDREDTHS), "overdue": int(judged.overdue)} | counts | signals
    added |= {grade(score): 1, "readable": int("readability" in signals)}
    for name, amount in added.items():
        progress.tally[name] += amount
    row = {"id": page["id"], "title": page["title"], "score": score, "grade": grade(score)}
    return row | dict.fromkeys(SIGNALS) | signals | counts | {"overdue": judged.overdue}


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
    space |= {"overdue": tally["overdue"], "orphans": tally["pages"] - linked}
    space |= {name: min(MOST_OF_SPACE, tally[name]) for name in ("broken", "unresolved")}
    return space, [
        {"id": id_, "title": title, "score": number / HUNDREDTHS, "grade": grade(number / HUNDREDTHS)}
        for number, id_, title in progress.worst
    ]


def _mean(total: int, judged: int) -> int | None:
    values: Sequence[int | None] = (None, min(100, round(total / max(1, judged))))
    return values[judged > 0]
