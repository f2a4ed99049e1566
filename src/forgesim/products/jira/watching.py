"""Watchers and votes (Atlassian's REST API documents)."""

from __future__ import annotations

import msgspec

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import bad_request, forbidden, not_found
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import Issue

__all__ = ["add_vote", "add_watcher", "get_votes", "get_watchers", "remove_vote", "remove_watcher"]


def get_watchers(world: World, call: Call) -> Result:
    """Who watches is for those to see who may see watchers; the others are told how many."""
    issue, shown = _issue(world, call), Shown(call.account)
    shown.add(f"issue/{issue.id}")
    payload = {
        "self": f"{world.base}/rest/api/3/issue/{issue.key}/watchers",
        "isWatching": call.account in issue.watchers,
        "watchCount": len(issue.watchers),
        "watchers": [serialise.user(world, each, shown) for each in _seen(world, call, issue, issue.watchers)],
    }
    return Result(payload=payload, reads=shown.refs)


def add_watcher(world: World, call: Call) -> Result:
    """The body is an account id, or nothing for the caller's own."""
    world.require_login(call.account)
    issue = _issue(world, call)
    asked: object = call.account
    if call.body:
        try:
            asked = msgspec.json.decode(call.body)
        except (ValueError, RecursionError):
            asked = None
    if not isinstance(asked, str):
        raise bad_request("The body must be an account id as JSON text.")
    _require(world, call, issue, asked)
    if world.user(asked) is None or not world.sees(asked, issue):
        raise not_found("The user does not exist, or may not view the issue.")
    issue.watchers = tuple(dict.fromkeys((*issue.watchers, asked)))
    return Result(payload=None, status=204)


def remove_watcher(world: World, call: Call) -> Result:
    world.require_login(call.account)
    issue = _issue(world, call)
    call.refuse_others("username")
    account = call.one("accountId")
    if not account:
        raise bad_request("The query parameter 'accountId' is required.")
    _require(world, call, issue, account)
    if world.user(account) is None:
        raise not_found("The user does not exist.")
    issue.watchers = tuple(each for each in issue.watchers if each != account)
    return Result(payload=None, status=204)


def get_votes(world: World, call: Call) -> Result:
    issue, shown = _issue(world, call), Shown(call.account)
    shown.add(f"issue/{issue.id}")
    payload = {
        "self": f"{world.base}/rest/api/3/issue/{issue.key}/votes",
        "votes": len(issue.voters),
        "hasVoted": call.account in issue.voters,
        "voters": [serialise.user(world, each, shown) for each in _seen(world, call, issue, issue.voters)],
    }
    return Result(payload=payload, reads=shown.refs)


def add_vote(world: World, call: Call) -> Result:
    """Nobody votes for what they have reported, or what is resolved."""
    world.require_login(call.account)
    issue = _issue(world, call)
    if call.account == issue.reporter:
        raise not_found("You cannot vote for an issue you have reported.")
    if issue.resolution_id is not None:
        raise not_found("You cannot vote for an issue that is resolved.")
    issue.voters = tuple(dict.fromkeys((*issue.voters, call.account or "")))
    return Result(payload=None, status=204)


def remove_vote(world: World, call: Call) -> Result:
    world.require_login(call.account)
    issue = _issue(world, call)
    if call.account not in issue.voters:
        raise not_found("You have not voted for this issue.")
    issue.voters = tuple(each for each in issue.voters if each != call.account)
    return Result(payload=None, status=204)


def _issue(world: World, call: Call) -> Issue:
    world.require_access(call.account)
    return world.issue(call.account, call.params["issueIdOrKey"])


def _seen(world: World, call: Call, issue: Issue, accounts: tuple[str, ...]) -> tuple[str, ...]:
    return accounts if world.holds(call.account, "VIEW_VOTERS_AND_WATCHERS", issue) else ()


def _require(world: World, call: Call, issue: Issue, account: str) -> None:
    """People watch as they like; for others it takes a permission."""
    if account != call.account and not world.holds(call.account, "MANAGE_WATCHERS", issue):
        raise forbidden("You do not have permission to manage the watcher list.")
