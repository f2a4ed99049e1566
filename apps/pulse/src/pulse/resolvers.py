"""What Pulse's pages ask for: one function per resolver key. Results are numbers and flat rows.

A service that does not answer never costs a result: what could be found is returned, ``problem`` says what is
missing and why. Only mistakes in the payload raise. Every call starts anew, so what reads pages is imported by those
functions alone that read some.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, TypeVar

from forgesim.sdk import Request, Resolver, log
from pulse.beside import UNKNOWN, Beside
from pulse.confluence import Confluence, Json
from pulse.patience import Patience, RefusedError, by_now
from pulse.payload import Payload
from pulse.records import Records
from pulse.score import SIGNALS, WEIGHTS, cheapest_fixes, grade, page_score
from pulse.usage import count

__all__ = ["handler", "resolver"]

T = TypeVar("T")
MOST_WEIGHT, MOST_DAYS = 10, 1000
resolver = Resolver()
handler = resolver.handler


class Errand:
    """One call: its time, its patience, its services, and the notes on what did not work."""

    def __init__(self, request: Request) -> None:
        self.payload: Json = Payload(request.payload)
        self.viewer = str(request.context.account_id)
        self.now = datetime.now(UTC)  # noqa: TID251 -- an app has no other clock than the platform's
        self.patience = Patience()
        self.confluence = Confluence(self.patience)
        self.records = Records(self.patience)
        self.notes: list[str] = []

    @property
    def date(self) -> str:
        return f"{self.now:%Y-%m-%d}"

    async def attempt(self, work: Awaitable[T], otherwise: T) -> T:
        """What ``work`` gives; where a service refuses, a note and ``otherwise``."""
        try:
            return await work
        except RefusedError as refused:
            log.warn(f"{refused.service} answered {refused.status}")
            self.notes.append(refused.sentence)
            return otherwise

    def result(self, **values: Any) -> Json:
        return {**values, "problem": " ".join(dict.fromkeys(self.notes)) or None}


@resolver.define("scanSpace")
async def scan_space(request: Request) -> Json:
    """The next step of a scan. ``cursor`` asks to be called again; ``resume`` is where to try again later."""
    errand = Errand(request)
    again = errand.payload.get("cursor")
    return await errand.attempt(_scan(errand, again), {}) or errand.result(cursor=None, resume=again)


async def _scan(errand: Errand, again: Any) -> Json:
    from pulse.progress import taken_up
    from pulse.scan import begin, finish, scan_step

    progress = taken_up(again) if again else None
    space = await errand.confluence.space(errand.payload["spaceId"])
    if progress is None:
        titles = await errand.confluence.titles(space["id"])
        weights, review = await errand.attempt(errand.records.plan(space["id"]), (dict(WEIGHTS), 0))
        progress = begin(titles, weights, review)
    wanted = errand.payload.get("rows") is True
    rows = await scan_step(errand.confluence, space, errand.viewer, progress, errand.now, sketched=wanted)
    log.info(f"scan: {progress.tally['pages']} of {len(progress.ids)} pages")
    shown = {"rows": rows} if wanted else {}
    if progress.following:
        scanned, pages = progress.tally["pages"], len(progress.ids)
        return errand.result(cursor=progress.packed(), scanned=scanned, pages=pages, **shown)
    row, worst = finish(progress)
    await errand.attempt(errand.records.save_space(space["id"], row), None)
    await errand.attempt(errand.records.save_day("space", space["id"], errand.date, row["score"]), None)
    await count("space_scanned", row["pages"])
    about = {"score": row["score"], "grade": grade(row["score"])}
    return errand.result(**about | row, worst=worst, left_out=progress.left_out, cursor=None, **shown)


@resolver.define("spaceHealth")
async def space_health(request: Request) -> Json:
    """The last score of a space that the user may see, its trend, and its review cycle in days."""
    errand = Errand(request)
    return await errand.attempt(_health(errand), {}) or errand.result()


async def _health(errand: Errand) -> Json:
    space = await errand.confluence.space(errand.payload["spaceId"])
    row = await errand.attempt(errand.records.space_score(space["id"]), {})
    trend = await errand.attempt(errand.records.trend("space", space["id"]), [])
    _, review = await errand.attempt(errand.records.plan(space["id"]), (WEIGHTS, 0))
    about = {"score": row["score"], "grade": grade(row["score"])} if row else {}
    return errand.result(**about | row, trend=trend, review=review)


@resolver.define("checkPage")
async def check_page(request: Request) -> Json:
    """Score one page by itself, without links, which need the whole space; the three cheapest fixes; how often the page
    was viewed, if that is known by then."""
    errand = Errand(request)
    return await errand.attempt(_check(errand), {}) or errand.result()


async def _check(errand: Errand) -> Json:
    views = asyncio.create_task(errand.confluence.views(errand.payload["pageId"]))
    try:
        checked = await _checked(errand)
    finally:
        known = await by_now(views)
    return checked | {"views": known}


async def _checked(errand: Errand) -> Json:
    beside = await _beside(errand)
    page = await errand.confluence.page(errand.payload["pageId"])
    weights, review = await errand.attempt(errand.records.plan(page["spaceId"]), (dict(WEIGHTS), 0))
    judged = await _judged(errand, page, beside, review)
    signals = judged.signals
    score = page_score(signals, weights)
    await errand.attempt(errand.records.save_day("page", page["id"], errand.date, score), None)
    trend = await errand.attempt(errand.records.trend("page", page["id"]), [])
    await count("page_checked", 1)
    fixes = cheapest_fixes(signals, weights)
    about = {"id": page["id"], "title": page["title"], "score": score, "grade": grade(score), "overdue": judged.overdue}
    return errand.result(**about, **signals, fixes=fixes, trend=trend)


@resolver.define("explainPage")
async def explain_page(request: Request) -> Json:
    """What Forge LLM says of a page's scores; shown to the user who asked and kept nowhere."""
    errand = Errand(request)
    return await errand.attempt(_explain(errand), {}) or errand.result()


async def _explain(errand: Errand) -> Json:
    from pulse.explain import explain

    beside = await _beside(errand)
    page = await errand.confluence.page(errand.payload["pageId"])
    judged = await _judged(errand, page, beside, 0)
    said = explain(errand.patience, judged.signals, judged.form, judged.text)
    explanation = await errand.attempt(said, "")
    await count("page_explained", 1)
    return errand.result(id=page["id"], **judged.signals, explanation=explanation)


async def _beside(errand: Errand) -> Beside:
    """What lies beside the page that is asked for; UNKNOWN, and a note, where the search does not answer."""
    page_id = errand.payload["pageId"]
    found = await errand.attempt(errand.confluence.beside([page_id]), {})
    return found.get(page_id, UNKNOWN)


async def _judged(errand: Errand, page: Json, beside: Beside, review: int) -> Any:
    """``scan.Judged`` of the page."""
    from pulse.scan import judge

    states = await errand.confluence.account_states([errand.viewer, page.get("ownerId")])
    names = [label["name"] for label in page["labels"]["results"]]
    return judge(page, names, beside, states, errand.now, review)


@resolver.define("settings")
async def settings(request: Request) -> Json:
    """The weights in force."""
    errand = Errand(request)
    weights = await errand.attempt(errand.records.weights(), WEIGHTS)
    return errand.result(**weights)


@resolver.define("saveSettings")
async def save_settings(request: Request) -> Json:
    """Set all eight weights, whole numbers from 0 to 10. Raises ValueError for others."""
    errand = Errand(request)
    given = errand.payload["weights"]
    if not isinstance(given, dict) or not all(_is_whole(given.get(name), MOST_WEIGHT) for name in SIGNALS):
        raise ValueError(f"a weight is a whole number from 0 to {MOST_WEIGHT}")
    weights = {name: given[name] for name in SIGNALS}
    await errand.attempt(errand.records.save_weights(weights), None)
    return errand.result(**weights)


@resolver.define("saveReview")
async def save_review(request: Request) -> Json:
    """Set after how many days pages of a space are due for review, 0 for never. Raises ValueError beyond 1,000."""
    errand = Errand(request)
    if not _is_whole(errand.payload["days"], MOST_DAYS):
        raise ValueError(f"a review cycle is a whole number of days from 0 to {MOST_DAYS}")
    return await errand.attempt(_review(errand), {}) or errand.result()


async def _review(errand: Errand) -> Json:
    space = await errand.confluence.space(errand.payload["spaceId"])
    await errand.records.save_review(space["id"], errand.payload["days"])
    return errand.result(days=errand.payload["days"])


def _is_whole(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most
