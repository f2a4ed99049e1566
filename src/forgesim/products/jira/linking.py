"""Links between issues, their types, and links to what lies elsewhere (Atlassian's REST API documents)."""

from __future__ import annotations

from typing import Any

from forgesim.products.jira import parts
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import UnsupportedError, bad_request, not_found
from forgesim.products.jira.events import tell_link
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import Issue
from forgesim.site.jira_parts import IssueLink, LinkType, RemoteLink

__all__ = [
    "create_link", "delete_link", "delete_remote_by_global_id", "delete_remote_link", "get_link", "get_link_type",
    "get_remote_link", "list_link_types", "list_remote_links", "put_remote_link", "update_remote_link",
]  # fmt: skip

_MISSING = "No issue link with id '{}' exists."
MOST_TEXT, MOST_URL = 255, 2048


def list_link_types(world: World, call: Call) -> Result:
    world.require_access(call.account)
    found = [parts.link_type(world, each) for each in world.site.jira.link_types.values()]
    return Result(payload={"issueLinkTypes": found})


def get_link_type(world: World, call: Call) -> Result:
    world.require_access(call.account)
    id_ = call.params["issueLinkTypeId"]
    found = world.site.jira.link_types.get(id_)
    if found is None or not world.projects(call.account):
        raise not_found(f"No issue link type with id '{id_}' found.")
    return Result(payload=parts.link_type(world, found))


def create_link(world: World, call: Call) -> Result:
    """A link from ``inwardIssue`` to ``outwardIssue``, the way Jira stores it: the inward issue does what the type's
    outward words say to the outward one. Two issues have one link of a kind. *Link issues* is needed for the outward
    one alone (the document: "the from (outward) issue")."""
    world.require_access(call.account)
    body = call.json()
    if body.get("comment"):
        raise UnsupportedError(f"{call.operation.name} with comment")
    kind = _type(world, body.get("type"))
    source, target = (_end(world, call, body.get(name)) for name in ("inwardIssue", "outwardIssue"))
    if not world.holds(call.account, "LINK_ISSUES", target):
        raise not_found("No Link Issue Permission for issue.")
    if source is target:
        raise bad_request("You cannot link an issue to itself.")
    if not any(link.type_id == kind.id and link.target == target.id for link in source.links):
        link = IssueLink(world.new_id(), kind.id, target.id)
        source.links = (*source.links, link)
        for each in (source, target):
            each.updated_at = max(each.updated_at, call.now_ms)
        world.index.changed(source)
        tell_link(world, call, source, link, "created")
    return Result(payload=None, status=201)


def _type(world: World, given: Any) -> LinkType:
    named = (given.get("id"), given.get("name")) if isinstance(given, dict) else ()
    for each in world.site.jira.link_types.values():
        if named and (each.id == named[0] or (named[0] is None and each.name == named[1])):
            return each
    text = next((each for each in named if each is not None), None)
    raise not_found(f"No issue link type with name '{text}' found.")


def _end(world: World, call: Call, given: Any) -> Issue:
    asked = (given.get("id") or given.get("key")) if isinstance(given, dict) else None
    if not isinstance(asked, str):
        raise bad_request("inwardIssue and outwardIssue must each have an id or a key.")
    return world.issue(call.account, asked)


def get_link(world: World, call: Call) -> Result:
    source, target, link = _link(world, call)
    shown = Shown(call.account)
    kind = world.site.jira.link_types[link.type_id]
    payload = {
        "id": link.id,
        "self": f"{world.base}/rest/api/3/issueLink/{link.id}",
        "type": parts.link_type(world, kind),
        "inwardIssue": parts.issue_ref(world, source, shown),
        "outwardIssue": parts.issue_ref(world, target, shown),
    }
    return Result(payload=payload, reads=shown.refs)


def delete_link(world: World, call: Call) -> Result:
    """*Link issues* for one of the two is enough."""
    source, target, link = _link(world, call)
    if not any(world.holds(call.account, "LINK_ISSUES", each) for each in (source, target)):
        raise not_found("No Link Issue Permission for issue.")
    source.links = tuple(each for each in source.links if each.id != link.id)
    source.updated_at = max(source.updated_at, call.now_ms)
    tell_link(world, call, source, link, "deleted")
    return Result(payload=None, status=204)


def _link(world: World, call: Call) -> tuple[Issue, Issue, IssueLink]:
    """Who may not see both ends does not see the link."""
    world.require_access(call.account)
    id_ = call.id("linkId")
    source = world.holder(call.account, f"link/{id_}")
    link = next((each for each in source.links if each.id == id_), None) if source else None
    target = world.find_issue(call.account, link.target) if link else None
    if source is None or link is None or target is None or link.type_id not in world.site.jira.link_types:
        raise not_found(_MISSING.format(id_))
    return source, target, link


# --- elsewhere ---


def list_remote_links(world: World, call: Call) -> Result:
    issue = _issue(world, call)
    only = call.one("globalId")
    if only is not None:
        found = next((each for each in issue.remote_links if each.global_id == only), None)
        if found is None:
            raise not_found(f"The remote issue link with global id '{only}' does not exist.")
        return Result(payload=parts.remote_link(world, issue, found), reads=(f"issue/{issue.id}",))
    payload = [parts.remote_link(world, issue, each) for each in issue.remote_links]
    return Result(payload=payload, reads=(f"issue/{issue.id}",))


def get_remote_link(world: World, call: Call) -> Result:
    issue = _issue(world, call)
    return Result(payload=parts.remote_link(world, issue, _remote(call, issue)), reads=(f"issue/{issue.id}",))


def put_remote_link(world: World, call: Call) -> Result:
    """A new link, or, where the issue has one of that global id, that one changed."""
    issue = _changed_issue(world, call)
    given = _read(call.json())
    old = next((each for each in issue.remote_links if given.global_id and each.global_id == given.global_id), None)
    link = _with_id(given, old.id if old else world.new_id())
    _put(issue, link)
    where = f"{world.base}/rest/api/3/issue/{issue.id}/remotelink/{link.id}"
    return Result(payload={"id": int(link.id), "self": where}, status=200 if old else 201)


def update_remote_link(world: World, call: Call) -> Result:
    issue = _changed_issue(world, call)
    old = _remote(call, issue)
    _put(issue, _with_id(_read(call.json()), old.id))
    return Result(payload=None, status=204)


def delete_remote_link(world: World, call: Call) -> Result:
    issue = _changed_issue(world, call)
    world.require(call.account, "EDIT_ISSUES", issue, "edit issues")
    gone = _remote(call, issue)
    issue.remote_links = tuple(each for each in issue.remote_links if each.id != gone.id)
    return Result(payload=None, status=204)


def delete_remote_by_global_id(world: World, call: Call) -> Result:
    issue = _changed_issue(world, call)
    only = call.one("globalId")
    if not only:
        raise bad_request("The globalId parameter is required.")
    kept = tuple(each for each in issue.remote_links if each.global_id != only)
    if len(kept) == len(issue.remote_links):
        raise not_found(f"The remote issue link with global id '{only}' does not exist.")
    issue.remote_links = kept
    return Result(payload=None, status=204)


def _issue(world: World, call: Call) -> Issue:
    world.require_access(call.account)
    return world.issue(call.account, call.params["issueIdOrKey"])


def _changed_issue(world: World, call: Call) -> Issue:
    issue = _issue(world, call)
    world.require(call.account, "LINK_ISSUES", issue, "link issues")
    return issue


def _remote(call: Call, issue: Issue) -> RemoteLink:
    id_ = call.id("linkId")
    found = next((each for each in issue.remote_links if each.id == id_), None)
    if found is None:
        raise not_found(f"The remote issue link with id '{id_}' does not exist.")
    return found


def _put(issue: Issue, link: RemoteLink) -> None:
    others = {each.id: each for each in issue.remote_links}
    issue.remote_links = tuple({**others, link.id: link}.values())


def _with_id(link: RemoteLink, id_: str) -> RemoteLink:
    return RemoteLink(**{**_shape(link), "id": id_})


def _shape(link: RemoteLink) -> Json:
    return {name: getattr(link, name) for name in RemoteLink.__slots__}


def _read(body: dict[str, Any]) -> RemoteLink:
    thing, application = body.get("object"), body.get("application") or {}
    if not isinstance(thing, dict) or not isinstance(application, dict):
        raise bad_request("The object of the remote issue link is required.")
    if thing.get("icon"):
        raise UnsupportedError("remote links with an icon")
    status = thing.get("status")
    resolved = status.get("resolved") if isinstance(status, dict) else None
    if not isinstance(resolved, bool | None):
        raise bad_request("resolved must be true or false.")
    return RemoteLink(
        id="",
        url=_text(thing, "url", MOST_URL) or _needed("url"),
        title=_text(thing, "title", MOST_TEXT) or _needed("title"),
        global_id=_text(body, "globalId", MOST_TEXT),
        summary=_text(thing, "summary", MOST_TEXT),
        relationship=_text(body, "relationship", MOST_TEXT),
        application_type=_text(application, "type", MOST_TEXT),
        application_name=_text(application, "name", MOST_TEXT),
        resolved=resolved,
    )


def _text(given: dict[str, Any], name: str, most: int) -> str | None:
    found = given.get(name)
    if not isinstance(found, str | None) or len(found or "") > most:
        raise bad_request(f"{name} must be text of at most {most} characters.")
    return found


def _needed(name: str) -> str:
    raise bad_request(f"{name}: the {name} of the remote issue link is required.")
