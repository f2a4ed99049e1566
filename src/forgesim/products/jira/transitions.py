"""Transitions: which are open to an issue, as its project's workflow limits them (Atlassian's REST API documents)."""

from __future__ import annotations

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.world import World
from forgesim.site.jira_model import STATUSES, Issue

__all__ = ["TRANSITIONS", "list_transitions", "may_follow", "transitions"]

TRANSITIONS = {str(11 + 10 * place): status for place, status in enumerate(STATUSES.values())}
"""Transition id → the status it leads to; every one is open from every status."""


def list_transitions(world: World, call: Call) -> Result:
    world.require_access(call.account)
    issue = world.issue(call.account, call.params["issueIdOrKey"])
    call.refuse_others("skipRemoteOnlyCondition", "includeUnavailableTransitions", "sortByOpsBarAndStatus")
    expanded = "transitions.fields" in call.many("expand")
    found = transitions(world, call.account, issue, call.one("transitionId"), fields=expanded)
    return Result(payload={"expand": "transitions", "transitions": found}, reads=(f"issue/{issue.id}",))


def transitions(
    world: World, account: str | None, issue: Issue, only: str | None = None, *, fields: bool = False
) -> list[dict[str, object]]:  # fmt: skip
    """The transitions that are open to the issue; none for who may not transition it. They have no screens, so no
    fields."""
    if not world.holds(account, "TRANSITION_ISSUES", issue):
        return []
    return [
        {
            "id": id_, "name": status.name, "to": serialise.status(world, status.id), "hasScreen": False,
            "isGlobal": world.site.projects[issue.project_id].transitions is None, "isInitial": False,
            "isAvailable": True, "isConditional": False, "looped": status.id == issue.status_id,
            **({"fields": {}} if fields else {}),
        }
        for id_, status in TRANSITIONS.items()
        if only in (None, id_) and may_follow(world, issue, status.id)
    ]  # fmt: skip


def may_follow(world: World, issue: Issue, status: str) -> bool:
    limits = world.site.projects[issue.project_id].transitions
    return limits is None or issue.status_id not in limits or status in limits[issue.status_id]
