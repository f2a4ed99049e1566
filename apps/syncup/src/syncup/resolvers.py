"""What SyncUp's pages ask for: one function per resolver key. Results are numbers, lists of numbers and flat rows.

A service that does not answer never costs a result: what could be found is returned, ``problem`` says what is missing
and why. Only mistakes in the payload raise. Numbers are of teams; where fewer than five issues or people stand behind
one, there is none. Every call starts anew, so what few of them need is imported by those alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forgesim.sdk import Request, Resolver
from syncup.anomaly import LEAST_WEEKS, anomalies, outside
from syncup.errand import Errand
from syncup.flow import wip
from syncup.forecast import at_least, forecast, weeks
from syncup.health import health
from syncup.jira import Json
from syncup.look import Look, board_itself
from syncup.numbers import mean, percentile, share, total
from syncup.report import UNITS, burndown, burnup, say_do
from syncup.timeline import DAY_MS, Board, instant_ms

__all__ = ["handler", "resolver"]

TOO_FEW = "A sprint of fewer than five issues or people has no numbers."
TOO_FEW_OF_ALL = "A board on which fewer than five people or issues moved has no numbers."
NO_SPRINT = "No sprint of this board has begun."
NO_HISTORY = "No closed sprint to learn from."
OVER = "This sprint is over: there is nothing to forecast."
FEWER = "{known} of the last {closed} closed sprints are counted."
LOOK_BACK = range(3, 13)
"""Closed sprints that may be looked back on."""

MOST_SPRINTS = 12
"""Sprints that a report offers to be looked at instead."""

DAYS, AHEAD = 28, 14
"""Days that the flow of a board is looked back on, and forecast."""

WEEKS = 13
"""Weeks that a board without sprints is compared over, the last seven days among them."""

SPREAD: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": mean,
    "low": lambda completed: percentile(completed, 10),
    "high": lambda completed: percentile(completed, 90),
}
"""What is said of what sprints completed; between low and high lie four of five."""

SHOWN = ("committed", "added", "removed", "reestimated", "completed", "carried")
resolver = Resolver()
handler = resolver.handler


@resolver.define("boards")
async def boards(request: Request) -> Json:
    """The boards of a project: which team to look at."""
    errand = Errand(request)
    found = await errand.attempt(errand.jira.boards(errand.payload["projectId"]), [])
    return errand.result(boards=[{"board": each["id"], "name": each["name"], "kind": each["type"]} for each in found])


@resolver.define("sprintReport")
async def sprint_report(request: Request) -> Json:
    """What became of a sprint. With ``sprintId`` that one, as its own board sees it or as ``boardId`` does; else of
    ``boardId`` the one that began last."""
    errand = Errand(request)
    return await errand.attempt(_report(errand), {}) or errand.result()


async def _report(errand: Errand) -> Json:
    sprints, board, begun = await _asked_for(errand)
    unit = (await errand.settings())["unit"]
    kept = await errand.kept(board)
    looks = await errand.look(board, sprints)
    errand.notes += [NO_SPRINT] * (not looks)
    shown: Json = {"board": board.id}
    for look in looks:
        past = [row for sprint, row in sorted(kept.items()) if sprint < look.window.sprint]
        shown |= _title(look) | (_numbers(look, past, unit) if look.is_group else {})
        errand.notes += [TOO_FEW] * (not look.is_group)
    return errand.result(**shown, sprints=[_named(each) for each in begun[: -MOST_SPRINTS - 1 : -1]])


async def _asked_for(errand: Errand) -> tuple[list[Json], Board, list[Json]]:
    """The sprint of the payload, or the one of its board that began last, none where none has; the board; and all its
    sprints that have begun, where they were read."""
    if "sprintId" in errand.payload:
        sprint = await errand.jira.sprint(errand.payload["sprintId"])
        board = await errand.jira.board({"boardId": sprint["originBoardId"], **errand.payload}["boardId"])
        return [sprint], board, []
    board = await errand.jira.board(errand.payload["boardId"])
    begun = await errand.jira.sprints(board.id)
    return begun[-1:], board, begun


def _named(sprint: Json) -> Json:
    return {"sprint": sprint["id"], "name": sprint["name"], "state": sprint["state"]}


def _title(look: Look) -> Json:
    return _named(look.sprint)


def _numbers(look: Look, past: Sequence[Json], unit: str) -> Json:
    row = look.row
    score, reasons = health(row, look.window, unit)
    return {
        "unit": unit,
        "health": score,
        "reasons": reasons,
        "sayDo": say_do(row[unit]),
        "scope": [{"what": what} | {each: row[each][what] for each in UNITS} for what in SHOWN],
        "burndown": burndown(look.passages, look.window, unit),
        "unestimated": row["unestimated"],
        "unusual": anomalies(row, past, unit, ended=look.sprint["state"] == "closed"),
    } | _flow_of(look, unit)


def _flow_of(look: Look, unit: str) -> Json:
    row = look.row
    return {
        "burnup": burnup(look.passages, look.window, unit),
        "cycleDays": row["cycle"],
        "flowEfficiency": row["efficiency"],
        "blockedDays": row["blocked"],
        "inProgress": wip(look.passages, look.window),
        "bugs": share(row["bugs"], len(look.passages)),
        "reopened": row["reopened"],
    }


@resolver.define("flow")
async def flow(request: Request) -> Json:
    """How work flowed over a whole board in the last four weeks, kanban or not, in issues; what was unusual about the
    last of them, and what to expect of the next two."""
    errand = Errand(request)
    return await errand.attempt(_flow(errand), {}) or errand.result()


async def _flow(errand: Errand) -> Json:
    board = await errand.jira.board(errand.payload["boardId"])
    shown: Json = {"board": board.id, "days": DAYS}
    look, long = await errand.look(board, [board_itself(errand.now_ms, days) for days in (DAYS, 7 * WEEKS)])
    errand.notes += [TOO_FEW_OF_ALL] * (not look.is_group)
    if look.is_group:
        totals = look.row["issues"]
        shown |= {"completed": totals["completed"], "came": totals["added"], "daily": totals["daily"]}
        shown |= _flow_of(look, "issues") | _by_weeks(long, board.id)
    return errand.result(**shown)


def _by_weeks(look: Look, seed: int) -> Json:
    """What is unusual about the last seven days by the weeks before them, and what all of them say of the next days."""
    from syncup.weeks import daily_of, signs_of, weeks_of

    window, passages = look.window, look.passages
    *before, last = weeks_of(passages, window)
    days = daily_of(passages, window, len(before) + 1)
    known = weeks([(window.end_ms - len(days) * DAY_MS, days)])
    return {
        "weeks": len(before),
        "unusual": outside(signs_of(last), [signs_of(week) for week in before], LEAST_WEEKS),
        "ahead": at_least(known, now_ms=window.end_ms, ahead=AHEAD, seed=seed),
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
    history, _ = await _history(errand, board, sprints, settings["sprints"])
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


async def _history(
    errand: Errand, board: Board, sprints: Sequence[Json], most: int, beside: Sequence[Json] = ()
) -> tuple[list[tuple[Json, Json]], list[Look]]:
    """The last closed sprints with their totals: those kept, and those not kept yet, which are read and then kept. And
    what was looked at: with those not kept also ``beside``, as one question costs less than two."""
    closed = [sprint for sprint in sprints if sprint["state"] == "closed"][-most:]
    kept = await errand.kept(board)
    unknown = [sprint for sprint in closed if sprint["id"] not in kept]
    looks: list[Look] = []
    if unknown:
        more = [sprint for sprint in beside if sprint not in unknown]
        looks = await errand.attempt(errand.look(board, [*unknown, *more]), [])
        kept |= {look.window.sprint: look.row for look in looks if look.is_group}
        errand.notes += [TOO_FEW] * (not all(look.is_group for look in looks))
    history = [(sprint, kept[sprint["id"]]) for sprint in closed if sprint["id"] in kept]
    errand.notes += [FEWER.format(known=len(history), closed=len(closed))] * (len(history) < len(closed))
    errand.notes += [NO_HISTORY] * (not history)
    return history, looks


@resolver.define("forecast")
async def sprint_forecast(request: Request) -> Json:
    """When a sprint will be done, in a thousand futures made of the team's own days: that of ``sprintId``, where it has
    begun on this board, else the one that began last."""
    errand = Errand(request)
    return await errand.attempt(_forecast(errand), {}) or errand.result()


async def _forecast(errand: Errand) -> Json:
    board = await errand.jira.board(errand.payload["boardId"])
    sprints = await errand.jira.sprints(board.id)
    asked = errand.payload.get("sprintId")
    chosen = [each for each in sprints if str(each["id"]) == asked] or sprints[-1:]
    over = [_named(each) for each in chosen if each["state"] == "closed"]
    if over:
        errand.notes.append(OVER)
        return errand.result(**over[0])
    settings = await errand.settings()
    history, found = await _history(errand, board, sprints, settings["sprints"], beside=chosen)
    unit = settings["unit"]
    known = weeks([(instant_ms(sprint["startDate"]), row[unit]["daily"]) for sprint, row in history])
    looks = [look for look in found if look.sprint in chosen] or await errand.look(board, chosen)
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
                    shown["left"], known, now_ms=window.end_ms, planned_ms=window.planned_ms, seed=window.sprint
                )
        else:
            errand.notes.append(TOO_FEW)
    return errand.result(**shown)


@resolver.define("retrospective")
async def sprint_retrospective(request: Request) -> Json:
    """Questions that a team may talk about, from Forge LLM, which is told what is kept of its last sprints; where
    nothing is, as of boards without sprints, numbers of its last weeks. It is told no more."""
    errand = Errand(request)
    return await errand.attempt(_retrospective(errand), {}) or errand.result()


async def _retrospective(errand: Errand) -> Json:
    from syncup import retrospective

    board = await errand.jira.board(errand.payload["boardId"])
    settings = await errand.settings()
    kept = await errand.kept(board)
    rows = [row for _, row in sorted(kept.items())][-settings["sprints"] :]
    past = [] if rows else await _last_weeks(errand, board)
    known = len(rows or past)
    shown: Json = {"board": board.id, "learntFrom": known, "of": "sprints" if rows else "weeks"}
    if known:
        numbers = retrospective.told(rows, settings["unit"]) if rows else retrospective.told_by_weeks(past)
        shown["questions"] = await retrospective.ask(errand.patience, numbers)
    errand.notes += [TOO_FEW_OF_ALL] * (not known)
    return errand.result(**shown)


async def _last_weeks(errand: Errand, board: Board) -> list[Any]:
    """Each a ``Week`` of the whole board; none where it is no group's."""
    from syncup.weeks import weeks_of

    (look,) = await errand.look(board, [board_itself(errand.now_ms, 7 * WEEKS)])
    return weeks_of(look.passages, look.window)[: WEEKS * look.is_group]


@resolver.define("settings")
async def settings_in_force(request: Request) -> Json:
    """The settings in force: ``unit``, ``sprints``."""
    errand = Errand(request)
    settings = await errand.settings()
    return errand.result(**settings)


@resolver.define("saveSettings")
async def save_settings(request: Request) -> Json:
    """Set ``unit`` (points, hours or issues) and ``sprints`` (3 to 12). Raises ValueError for others."""
    errand = Errand(request)
    settings = {"unit": errand.payload["unit"], "sprints": errand.payload["sprints"]}
    unit, sprints = settings["unit"], settings["sprints"]
    if not isinstance(unit, str) or unit not in UNITS or type(sprints) is not int or sprints not in LOOK_BACK:
        raise ValueError("unit is points, hours or issues, sprints a whole number from 3 to 12")
    await errand.attempt(errand.records.save_settings(settings), None)
    return errand.result(**settings)
