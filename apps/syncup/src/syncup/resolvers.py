"""What SyncUp's pages ask for: one function per resolver key. Results are numbers, lists of numbers and flat rows.

A service that does not answer never costs a result: what could be found is returned, ``problem`` says what is missing
and why. Only mistakes in the payload raise. Numbers are of teams; where fewer than five issues or people stand behind
one, there is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from forgesim.sdk import Request, Resolver, log
from syncup.forecast import forecast, pools
from syncup.health import health
from syncup.jira import Jira, Json
from syncup.look import Look, look_at
from syncup.numbers import mean, percentile, total
from syncup.patience import Patience, RefusedError
from syncup.payload import Payload
from syncup.records import SETTINGS, Records
from syncup.report import UNITS, burndown, say_do
from syncup.timeline import Board, instant_ms

__all__ = ["handler", "resolver"]

T = TypeVar("T")

TOO_FEW = "A sprint of fewer than five issues or people has no numbers."
NO_SPRINT = "No sprint of this board has begun."
NO_HISTORY = "No closed sprint to learn from."
FEWER = "{known} of the last {closed} closed sprints are counted."
CUT = "Jira gave only the newest part of a long history."
LOOK_BACK = range(3, 13)
"""Closed sprints that may be looked back on."""

SPREAD: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": mean,
    "low": lambda completed: percentile(completed, 10),
    "high": lambda completed: percentile(completed, 90),
}
"""What is said of what sprints completed; between low and high lie four of five."""

SHOWN = ("committed", "added", "removed", "reestimated", "completed", "carried")
resolver = Resolver()
handler = resolver.handler


class Errand:
    """One call: its time, its patience, its services, and the notes on what did not work."""

    def __init__(self, request: Request) -> None:
        self.payload: Json = Payload(request.payload)
        self.now_ms = round(datetime.now(UTC).timestamp() * 1000)  # noqa: TID251 -- an app has no other clock
        patience = Patience()
        self.jira = Jira(patience)
        self.records = Records(patience)
        self.notes: list[str] = []

    async def attempt(self, work: Awaitable[T], otherwise: T) -> T:
        """What ``work`` gives; where a service refuses, a note and ``otherwise``."""
        try:
            return await work
        except RefusedError as refused:
            log.warn(f"{refused.service} answered {refused.status}")
            self.notes.append(refused.sentence)
            return otherwise

    async def settings(self) -> dict[str, Any]:
        return await self.attempt(self.records.settings(), dict(SETTINGS))

    async def look(self, board: Board, sprints: Sequence[Json]) -> list[Look]:
        """Those sprints. The totals of the closed ones are kept, where they are those of a group."""
        looks, cut = await look_at(self.jira, board, sprints, self.now_ms)
        self.notes += [CUT] * cut
        log.info(f"looked at {len(looks)} sprints: {sum(len(look.passages) for look in looks)} passages of issues")
        keep = [look for look in looks if look.is_group and look.sprint["state"] == "closed"]
        saves = (self.records.save_row(board.id, look.window.sprint, look.row) for look in keep)
        await asyncio.gather(*(self.attempt(save, None) for save in saves))
        return looks

    def result(self, **values: Any) -> Json:
        return {**values, "problem": " ".join(dict.fromkeys(self.notes)) or None}


@resolver.define("sprintReport")
async def sprint_report(request: Request) -> Json:
    """What became of a sprint. With ``sprintId`` that one, else of ``boardId`` the one that began last."""
    errand = Errand(request)
    return await errand.attempt(_report(errand), {}) or errand.result()


async def _report(errand: Errand) -> Json:
    sprints, board = await _asked_for(errand)
    unit = (await errand.settings())["unit"]
    return await _shown(errand, board, sprints, unit)


async def _asked_for(errand: Errand) -> tuple[list[Json], Board]:
    """The sprint of the payload, or the one of its board that began last; none where none has."""
    if "sprintId" in errand.payload:
        sprint = await errand.jira.sprint(errand.payload["sprintId"])
        return [sprint], await errand.jira.board(sprint["originBoardId"])
    board = await errand.jira.board(errand.payload["boardId"])
    return (await errand.jira.sprints(board.id))[-1:], board


async def _shown(errand: Errand, board: Board, sprints: Sequence[Json], unit: str) -> Json:
    looks = await errand.look(board, sprints)
    errand.notes += [NO_SPRINT] * (not looks)
    shown: Json = {}
    for look in looks:
        shown |= _title(look)
        if look.is_group:
            shown |= _numbers(look, unit)
        else:
            errand.notes.append(TOO_FEW)
    return errand.result(**shown)


def _title(look: Look) -> Json:
    return {"sprint": look.window.sprint, "name": look.sprint["name"], "state": look.sprint["state"]}


def _numbers(look: Look, unit: str) -> Json:
    row = look.row
    score, reasons = health(row, look.window, unit)
    return {
        "unit": unit,
        "health": score,
        "reasons": reasons,
        "sayDo": say_do(row[unit]),
        "scope": [{"what": what} | {each: row[each][what] for each in UNITS} for what in SHOWN],
        "burndown": burndown(look.passages, look.window, unit),
        "cycleDays": row["cycle"],
        "reopened": row["reopened"],
        "unestimated": row["unestimated"],
    }


@resolver.define("velocity")
async def velocity(request: Request) -> Json:
    """What a board's last closed sprints completed, and the range to expect."""
    errand = Errand(request)
    return await errand.attempt(_velocity(errand), {}) or errand.result()


async def _velocity(errand: Errand) -> Json:
    board = await errand.jira.board(errand.payload["boardId"])
    sprints = await errand.jira.sprints(board.id)
    settings = await errand.settings()
    history = await _history(errand, board, sprints, settings["sprints"])
    unit = settings["unit"]
    rows = [
        {"sprint": sprint["id"], "name": sprint["name"]}
        | {each: row[unit][each] for each in ("committed", "completed")}
        | {"sayDo": say_do(row[unit])}
        for sprint, row in history
    ]
    completed = [row[unit]["completed"] for _, row in history]
    spread = {name: total([measure(completed)]) for name, measure in SPREAD.items() if completed}
    return errand.result(unit=unit, **spread, completed=completed, sprints=rows)


async def _history(errand: Errand, board: Board, sprints: Sequence[Json], most: int) -> list[tuple[Json, Json]]:
    """The last closed sprints with their totals: those kept, and those not kept yet, which are read and then kept."""
    closed = [sprint for sprint in sprints if sprint["state"] == "closed"][-most:]
    kept = await errand.attempt(errand.records.rows(board.id), {})
    unknown = [sprint for sprint in closed if sprint["id"] not in kept]
    if unknown:
        looks = await errand.attempt(errand.look(board, unknown), [])
        kept |= {look.window.sprint: look.row for look in looks if look.is_group}
        errand.notes += [TOO_FEW] * (not all(look.is_group for look in looks))
    history = [(sprint, kept[sprint["id"]]) for sprint in closed if sprint["id"] in kept]
    errand.notes += [FEWER.format(known=len(history), closed=len(closed))] * (len(history) < len(closed))
    errand.notes += [NO_HISTORY] * (not history)
    return history


@resolver.define("forecast")
async def sprint_forecast(request: Request) -> Json:
    """When the sprint that began last will be done, in a thousand futures made of the team's own days."""
    errand = Errand(request)
    return await errand.attempt(_forecast(errand), {}) or errand.result()


async def _forecast(errand: Errand) -> Json:
    board = await errand.jira.board(errand.payload["boardId"])
    sprints = await errand.jira.sprints(board.id)
    settings = await errand.settings()
    history = await _history(errand, board, sprints, settings["sprints"])
    unit = settings["unit"]
    days = pools([(instant_ms(sprint["startDate"]), row[unit]["daily"]) for sprint, row in history])
    looks = await errand.look(board, sprints[-1:])
    errand.notes += [NO_SPRINT] * (not looks)
    shown: Json = {}
    for look in looks:
        shown |= _title(look)
        if look.is_group:
            window = look.window
            shown |= {"unit": unit, "learntFrom": len(history), "burndown": burndown(look.passages, window, unit)}
            shown |= {"left": look.row[unit]["carried"]}
            if history:
                shown |= forecast(
                    shown["left"], days, now_ms=window.end_ms, planned_ms=window.planned_ms, seed=window.sprint
                )
        else:
            errand.notes.append(TOO_FEW)
    return errand.result(**shown)


@resolver.define("settings")
async def settings_in_force(request: Request) -> Json:
    """The settings in force: ``unit``, ``sprints``."""
    errand = Errand(request)
    settings = await errand.settings()
    return errand.result(**settings)


@resolver.define("saveSettings")
async def save_settings(request: Request) -> Json:
    """Set ``unit`` (points or issues) and ``sprints`` (3 to 12). Raises ValueError for others."""
    errand = Errand(request)
    settings = {"unit": errand.payload["unit"], "sprints": errand.payload["sprints"]}
    unit, sprints = settings["unit"], settings["sprints"]
    if not isinstance(unit, str) or unit not in UNITS or type(sprints) is not int or sprints not in LOOK_BACK:
        raise ValueError("unit is points or issues, sprints a whole number from 3 to 12")
    await errand.attempt(errand.records.save_settings(settings), None)
    return errand.result(**settings)
