"""Worklogs: what was worked on issues, and how writing them moves the estimate (Atlassian's REST API documents)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from forgesim.clock import parse_time
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.editing import record
from forgesim.products.jira.errors import bad_request
from forgesim.products.jira.events import tell_update, tell_worklog
from forgesim.products.jira.parts import read_visibility, worklog as worklog_shown
from forgesim.products.jira.properties import read_properties
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.values import WrongValueError, duration, read_document
from forgesim.products.jira.world import World
from forgesim.site.jira_history import fields_now
from forgesim.site.jira_model import Issue
from forgesim.site.jira_parts import Worklog

__all__ = [
    "add_worklog", "delete_worklog", "deleted_worklogs", "get_worklog", "list_many", "list_worklogs", "update_worklog",
    "updated_worklogs",
]  # fmt: skip

T = TypeVar("T")

MOST_PAGE, MOST_LISTED, MOST_CHANGED = 5000, 1000, 1000
_REFUSED = "You do not have the permission to {} this worklog."


def list_worklogs(world: World, call: Call) -> Result:
    """Oldest first; ``startedAfter`` and ``startedBefore`` in epoch milliseconds."""
    issue, shown = _issue(world, call), Shown(call.account)
    after, before = call.number("startedAfter", -1), call.number("startedBefore", 10**15)
    found = [each for each in world.seen_worklogs(call.account, issue) if after < each.started_at < before]
    start, count = call.number("startAt", 0), call.number("maxResults", MOST_PAGE, MOST_PAGE)
    shown.add(f"issue/{issue.id}")
    expanded = _expanded(call)
    page = [worklog_shown(world, issue, each, shown, properties=expanded) for each in found[start:][:count]]
    payload = {"startAt": start, "maxResults": count, "total": len(found), "worklogs": page}
    return Result(payload=payload, reads=shown.refs)


def get_worklog(world: World, call: Call) -> Result:
    issue = _issue(world, call)
    return _shown(world, call, issue, world.worklog(call.account, issue, call.params["id"]), 200)


def add_worklog(world: World, call: Call) -> Result:
    issue = _issue(world, call)
    call.refuse_others("overrideEditableFlag")
    call.flag("notifyUsers", True)  # no mail goes out either way
    if not world.holds(call.account, "WORK_ON_ISSUES", issue):
        raise bad_request("You do not have the permission to associate a worklog to this issue.")
    body = call.json()
    worklog = Worklog(
        id=world.new_id(),
        author=call.account or "",
        created_at=call.now_ms,
        started_at=_started(body, call.now_ms),
        seconds=_seconds(body),
        comment=_comment(body),
        visibility=read_visibility(world, call.account, world.site.projects[issue.project_id], body.get("visibility")),
        properties=read_properties(body),
    )
    estimate = _estimate(call, issue, worklog.seconds, "reduceBy")
    _write(world, call, issue, lambda: (*issue.worklogs, worklog), estimate)
    tell_worklog(call, issue, worklog, "created")
    return _shown(world, call, issue, worklog, 201)


def update_worklog(world: World, call: Call) -> Result:
    issue, worklog = _own(world, call, "EDIT", "edit")
    call.refuse_others("overrideEditableFlag")
    call.flag("notifyUsers", True)  # no mail goes out either way
    body = call.json()
    changed = replace(
        worklog,
        started_at=_started(body, worklog.started_at),
        seconds=_seconds(body) if "timeSpent" in body or "timeSpentSeconds" in body else worklog.seconds,
        comment=_comment(body) if "comment" in body else worklog.comment,
        visibility=read_visibility(world, call.account, world.site.projects[issue.project_id], body["visibility"])
        if "visibility" in body
        else worklog.visibility,
        properties={**worklog.properties, **read_properties(body)},
        updated_at=call.now_ms,
        updated_by=call.account,
    )
    estimate = _estimate(call, issue, changed.seconds - worklog.seconds, None)
    kept = tuple(changed if each.id == changed.id else each for each in issue.worklogs)
    _write(world, call, issue, lambda: kept, estimate)
    tell_worklog(call, issue, changed, "updated")
    return _shown(world, call, issue, changed, 200)


def delete_worklog(world: World, call: Call) -> Result:
    issue, worklog = _own(world, call, "DELETE", "delete")
    call.refuse_others("overrideEditableFlag")
    call.flag("notifyUsers", True)  # no mail goes out either way
    estimate = _estimate(call, issue, -worklog.seconds, "increaseBy")
    kept = tuple(each for each in issue.worklogs if each.id != worklog.id)
    _write(world, call, issue, lambda: kept, estimate)
    world.site.jira.removed_worklogs[worklog.id] = call.now_ms
    tell_worklog(call, issue, worklog, "deleted")
    return Result(payload=None, status=204)


def updated_worklogs(world: World, call: Call) -> Result:
    """Worklogs written since an instant, oldest first, of issues and with visibilities that are the caller's to see."""
    world.require_login(call.account)
    shown = Shown(call.account)
    found = [
        (each.updated_at or each.created_at, each)
        for issue in world.issues(call.account)
        if issue.worklogs
        for each in world.seen_worklogs(call.account, issue)
    ]
    found.sort(key=lambda pair: (pair[0], int(pair[1].id)))
    call_properties = _expanded(call)

    def show(at: int, each: Worklog) -> Json:
        shown.add(f"worklog/{each.id}")
        held = [{"key": key, "value": value} for key, value in each.properties.items()] if call_properties else []
        return {"worklogId": int(each.id), "updatedTime": at, "properties": held}

    return Result(payload=_since(world, call, found, show), reads=shown.refs)


def deleted_worklogs(world: World, call: Call) -> Result:
    world.require_login(call.account)
    found = sorted((at, id_) for id_, at in world.site.jira.removed_worklogs.items())
    page = _since(
        world, call, found, lambda at, id_: {"worklogId": int(id_), "updatedTime": at, "properties": []}
    )  # fmt: skip
    return Result(payload=page)


def _since(world: World, call: Call, found: list[tuple[int, T]], show: Callable[[int, T], Json]) -> Json:
    since = call.number("since", 0)
    later = [pair for pair in found if pair[0] >= since]
    page = later[:MOST_CHANGED]
    path = f"{world.base}{call.operation.path}?since="
    until = page[-1][0] if page else since
    payload: Json = {
        "values": [show(at, each) for at, each in page],
        "since": since,
        "until": until,
        "self": f"{path}{since}",
        "lastPage": len(page) == len(later),
    }
    return payload if payload["lastPage"] else payload | {"nextPage": f"{path}{until}"}


def list_many(world: World, call: Call) -> Result:
    """Worklogs by their ids; those that the caller may not see are left out."""
    world.require_access(call.account)
    body, shown, expanded = call.json(), Shown(call.account), _expanded(call)
    ids = body.get("ids")
    if not isinstance(ids, list) or not all(type(each) is int for each in ids) or len(ids) > MOST_LISTED:
        raise bad_request(f"ids must be a list of at most {MOST_LISTED} worklog ids.")
    holders = {str(id_): world.holder(call.account, f"worklog/{id_}") for id_ in ids}
    found = [
        worklog_shown(world, issue, each, shown, properties=expanded)
        for id_, issue in holders.items()
        if issue is not None
        for each in world.seen_worklogs(call.account, issue)
        if each.id == id_
    ]
    return Result(payload=found, reads=shown.refs)


def _issue(world: World, call: Call) -> Issue:
    world.require_access(call.account)
    return world.issue(call.account, call.params["issueIdOrKey"])


def _own(world: World, call: Call, verb: str, word: str) -> tuple[Issue, Worklog]:
    issue = _issue(world, call)
    worklog = world.worklog(call.account, issue, call.params["id"])
    whose = "OWN" if worklog.author == call.account else "ALL"
    if not world.holds(call.account, f"{verb}_{whose}_WORKLOGS", issue):
        raise bad_request(_REFUSED.format(word))
    return issue, worklog


def _write(
    world: World, call: Call, issue: Issue, worklogs: Callable[[], tuple[Worklog, ...]], estimate: int | None
) -> None:  # fmt: skip
    """The worklogs with the estimate, and one entry of history that tells of both."""
    before = fields_now(issue)
    issue.worklogs, issue.remaining_seconds = worklogs(), estimate
    issue.updated_at = max(issue.updated_at, call.now_ms)
    world.index.changed(issue)
    tell_update(world, call, issue, record(world, call, issue, before))


def _estimate(call: Call, issue: Issue, more: int, manual: str | None) -> int | None:
    """What remains after ``more`` seconds of work, as ``adjustEstimate`` says; ``manual`` names the parameter that
    says by how much."""
    kind, now = call.choice("adjustEstimate", "auto", "new", "leave", "manual"), issue.remaining_seconds
    used = {"new": "newEstimate", "manual": manual}.get(kind)
    for name in ("newEstimate", manual):
        if name is not None and name != used:  # what Jira makes of it then is not documented
            call.refuse_others(name)
    match kind:
        case "leave":
            return now
        case "auto":
            return None if now is None else max(0, now - more)
        case "new":
            return _span(call, "newEstimate")
        case "manual" if manual is not None:
            by = _span(call, manual)
            return max(0, (now or 0) + (by if manual == "increaseBy" else -by))
        case _:
            raise bad_request("adjustEstimate cannot be manual where a worklog is changed.")


def _span(call: Call, name: str) -> int:
    try:
        return duration(call.one(name))
    except ValueError:
        raise bad_request(f"{name} must be a span like '2d 4h'.") from None


def _seconds(body: dict[str, Any]) -> int:
    seconds = body.get("timeSpentSeconds")
    if seconds is None:
        try:
            seconds = duration(body.get("timeSpent"))
        except ValueError:
            raise bad_request("Worklog must not be null, and its timeSpent must be like '3h 20m'.") from None
    if type(seconds) is not int or not 0 < seconds < 10**9:
        raise bad_request("timeSpentSeconds must be a whole number of more than 0 seconds.")
    return seconds


def _started(body: dict[str, Any], default: int) -> int:
    if body.get("started") is None:
        return default
    try:
        return parse_time(body["started"])
    except (TypeError, ValueError, OverflowError, AttributeError):
        raise bad_request("started must be a time like 2021-01-17T12:34:00.000+0000.") from None


def _comment(body: dict[str, Any]) -> Any:
    try:
        return read_document(body.get("comment"))
    except WrongValueError as error:
        raise bad_request(f"comment: {error.says}") from None


def _expanded(call: Call) -> bool:
    return "properties" in call.many("expand")


def _shown(world: World, call: Call, issue: Issue, worklog: Worklog, status: int) -> Result:
    shown = Shown(call.account)
    payload = worklog_shown(world, issue, worklog, shown, properties=_expanded(call))
    return Result(payload=payload, reads=shown.refs, status=status)
