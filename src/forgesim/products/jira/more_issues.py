"""Issues at once and in part: bulk creation, the assignee, chosen entries of a changelog (Atlassian's documents)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.editing import apply, read_fields
from forgesim.products.jira.errors import Refused, bad_request, error_body
from forgesim.products.jira.events import tell_update
from forgesim.products.jira.history import shown_entry
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World
from forgesim.products.jira.writes import create_issue, issue_to_change

__all__ = ["assign_issue", "create_issues", "list_changelogs"]

MOST_CREATED = 50


def create_issues(world: World, call: Call) -> Result:
    """Each for itself: one that is refused is an entry of ``errors``. A 400 where none could be created."""
    world.require_access(call.account)
    updates = call.json().get("issueUpdates")
    if not isinstance(updates, list) or not updates:
        raise bad_request("issueUpdates must hold at least one issue.")
    if len(updates) > MOST_CREATED:
        raise bad_request(f"issueUpdates takes at most {MOST_CREATED} issues.")
    made: list[Any] = []
    errors: list[Json] = []
    reads: list[str] = []
    for number, update in enumerate(updates):
        one = replace(call, body=msgspec.json.encode(update))
        try:
            result = create_issue(world, one)
        except Refused as refused:
            errors.append(
                {"status": refused.status, "elementErrors": error_body(refused), "failedElementNumber": number}
            )
            continue
        made.append(result.payload)
        reads += result.reads
    return Result(payload={"issues": made, "errors": errors}, reads=tuple(reads), status=201 if made else 400)


def assign_issue(world: World, call: Call) -> Result:
    """To ``accountId``; null unassigns, and ``-1`` is the project's default, which is nobody."""
    issue, project = issue_to_change(world, call, "ASSIGN_ISSUES", "assign issues")
    body = call.json()
    if "accountId" not in body:
        raise bad_request("accountId is required.")
    account = None if body["accountId"] == "-1" else body["accountId"]
    given = None if account is None else {"accountId": account}
    values = read_fields(world, call, project, {"assignee": given}, issue)
    tell_update(world, call, issue, apply(world, call, issue, values))
    return Result(payload=None, status=204)


def list_changelogs(world: World, call: Call) -> Result:
    """Entries of one issue's changelog by their ids."""
    world.require_access(call.account)
    issue, shown = world.issue(call.account, call.params["issueIdOrKey"]), Shown(call.account)
    ids = call.json().get("changelogIds")
    if not isinstance(ids, list) or not ids or not all(type(each) is int for each in ids):
        raise bad_request("changelogIds must be a list of ids.")
    shown.add(f"issue/{issue.id}")
    wanted = {str(each) for each in ids}
    found = [shown_entry(world, change, shown) for change in issue.changes if change.id in wanted]
    payload = {"startAt": 0, "maxResults": len(found), "total": len(found), "histories": found}
    return Result(payload=payload, reads=shown.refs)
