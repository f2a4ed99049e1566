"""What Pulse's pages ask for: one function per resolver key. Results are numbers and flat rows.

A service that does not answer never costs a result: what could be found is returned, ``problem`` says what is
missing and why. Only mistakes in the payload raise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from forgesim.sdk import Request, Resolver, log
from pulse.confluence import Confluence, Json
from pulse.explain import explain
from pulse.patience import Patience, RefusedError
from pulse.payload import Payload
from pulse.records import Records
from pulse.scan import START, checked, finish, judge, scan_step
from pulse.score import WEIGHTS, cheapest_fixes, page_score
from pulse.signals import SIGNALS
from pulse.storage_format import read_form, read_text
from pulse.usage import count

__all__ = ["handler", "resolver"]

T = TypeVar("T")
MOST_WEIGHT = 10
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
    again = checked(errand.payload.get("cursor"))
    return await errand.attempt(_scan(errand, again or START), {}) or errand.result(cursor=None, resume=again)


async def _scan(errand: Errand, so_far: Mapping[str, Any]) -> Json:
    space = await errand.confluence.space(errand.payload["spaceId"])
    state, titles, more = await scan_step(errand.confluence, space, errand.viewer, so_far, errand.now)
    log.info(f"scan: {len(state['signals'])} of {len(titles)} pages")
    if more:
        return errand.result(cursor=state, scanned=len(state["signals"]), pages=len(titles))
    weights = await errand.attempt(errand.records.weights(), WEIGHTS)
    row, worst = finish(state, titles, weights)
    await errand.attempt(errand.records.save_space(space["id"], row), None)
    await errand.attempt(errand.records.save_day("space", space["id"], errand.date, row["score"]), None)
    await count("space_scanned", row["pages"])
    return errand.result(cursor=None, **row, worst=worst)


@resolver.define("spaceHealth")
async def space_health(request: Request) -> Json:
    """The last score of a space that the user may see, and its trend."""
    errand = Errand(request)
    return await errand.attempt(_health(errand), {}) or errand.result()


async def _health(errand: Errand) -> Json:
    space = await errand.confluence.space(errand.payload["spaceId"])
    row = await errand.attempt(errand.records.space_score(space["id"]), {})
    trend = await errand.attempt(errand.records.trend("space", space["id"]), [])
    return errand.result(**row, trend=trend)


@resolver.define("checkPage")
async def check_page(request: Request) -> Json:
    """Score one page by itself, without links, which need the whole space; and the three cheapest fixes."""
    errand = Errand(request)
    return await errand.attempt(_check(errand), {}) or errand.result()


async def _check(errand: Errand) -> Json:
    page, signals = await _look(errand)
    weights = await errand.attempt(errand.records.weights(), WEIGHTS)
    score = page_score(signals, weights)
    await errand.attempt(errand.records.save_day("page", page["id"], errand.date, score), None)
    trend = await errand.attempt(errand.records.trend("page", page["id"]), [])
    await count("page_checked", 1)
    fixes = cheapest_fixes(signals, weights)
    return errand.result(id=page["id"], title=page["title"], score=score, **signals, fixes=fixes, trend=trend)


@resolver.define("explainPage")
async def explain_page(request: Request) -> Json:
    """What Forge LLM says of a page's scores; shown to the user who asked and kept nowhere."""
    errand = Errand(request)
    return await errand.attempt(_explain(errand), {}) or errand.result()


async def _explain(errand: Errand) -> Json:
    page, signals = await _look(errand)
    text = read_text(page["body"]["storage"]["value"])
    explanation = await errand.attempt(explain(errand.patience, signals, text), "")
    await count("page_explained", 1)
    return errand.result(id=page["id"], **signals, explanation=explanation)


async def _look(errand: Errand) -> tuple[Json, dict[str, int]]:
    page = await errand.confluence.page(errand.payload["pageId"])
    states = await errand.confluence.account_states([errand.viewer, page.get("ownerId")])
    form = read_form(page["body"]["storage"]["value"])
    return page, judge(page, form, states, errand.now)


@resolver.define("settings")
async def settings(request: Request) -> Json:
    """The weights in force."""
    errand = Errand(request)
    weights = await errand.attempt(errand.records.weights(), WEIGHTS)
    return errand.result(**weights)


@resolver.define("saveSettings")
async def save_settings(request: Request) -> Json:
    """Set all six weights, whole numbers from 0 to 10. Raises ValueError for others."""
    errand = Errand(request)
    given = errand.payload["weights"]
    if not isinstance(given, dict) or not all(_is_weight(given.get(name)) for name in SIGNALS):
        raise ValueError(f"a weight is a whole number from 0 to {MOST_WEIGHT}")
    weights = {name: given[name] for name in SIGNALS}
    await errand.attempt(errand.records.save_weights(weights), None)
    return errand.result(**weights)


def _is_weight(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST_WEIGHT
