"""Reading issues: one, many by id, and by JQL (Atlassian's REST API documents)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import bad_request
from forgesim.products.jira.fields import AGILE, chosen_fields, issue_fields, names, rendered_fields, schemas
from forgesim.products.jira.history import expanded_changelog
from forgesim.products.jira.jql import parse
from forgesim.products.jira.jql_match import Matcher
from forgesim.products.jira.meta import edit_meta
from forgesim.products.jira.paging import token_page
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.transitions import transitions
from forgesim.products.jira.world import World, by_id, newest_first
from forgesim.site.jira_model import Issue

__all__ = [
    "bulk_fetch",
    "check_expand",
    "count_issues",
    "get_issue",
    "kept_issue",
    "search_get",
    "search_post",
    "show_issue",
]

EXPANDS = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
_KNOWN_EXPANDS = frozenset((*EXPANDS.split(","), "transitions"))
MOST_WITH_FIELDS, MOST_BARE, MOST_FETCH = 100, 5000, 100
MOST_PROPERTIES, MOST_RECONCILED = 5, 50
MOST_SHOWN = 512
"""Issues that are kept as they were shown: a few lists, side by side."""
_UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


def check_expand(asked: Iterable[str]) -> frozenset[str]:
    """The expansions asked for; what is no expansion is passed over."""
    return frozenset(asked) & _KNOWN_EXPANDS


def show_issue(
    world: World, issue: Issue, fields: Sequence[str], expand: frozenset[str], shown: Shown, *, agile: bool = False
) -> Json:
    shown.add(f"issue/{issue.id}")
    found: Json = {
        "expand": EXPANDS,
        "id": issue.id,
        "self": f"{world.base}/rest/{'agile/1.0' if agile else 'api/3'}/issue/{issue.id}",
        "key": issue.key,
    }
    if fields:
        found["fields"] = issue_fields(world, issue, fields, shown, agile=agile)
    if "changelog" in expand:
        found["changelog"] = expanded_changelog(world, issue, shown)
    if "renderedFields" in expand:
        found["renderedFields"] = rendered_fields(world, issue, fields, shown)
    if "transitions" in expand:
        found["transitions"] = transitions(world, shown.viewer, issue)
    if "operations" in expand:
        found["operations"] = {"linkGroups": []}
    if "editmeta" in expand:
        found["editmeta"] = {"fields": edit_meta(world, shown.viewer, issue, shown)}
    if "versionedRepresentations" in expand:
        found["versionedRepresentations"] = {name: {"1": value} for name, value in found.pop("fields", {}).items()}
    return found


def kept_issue(
    world: World, issue: Issue, fields: Sequence[str], expand: frozenset[str], shown: Shown, *, agile: bool = False
) -> Json:
    """The same for an answer that changes nothing: an issue that was shown so before is not put together anew."""
    key = (issue.id, tuple(fields), expand, agile, shown.viewer)
    kept = world.shown.pop(key, None)
    if kept is None:
        own = Shown(shown.viewer)
        kept = show_issue(world, issue, fields, expand, own, agile=agile), own.refs
        if len(world.shown) >= MOST_SHOWN:
            del world.shown[next(iter(world.shown))]
    world.shown[key] = kept
    shown.add(*kept[1])
    return dict(kept[0])


def get_issue(world: World, call: Call) -> Result:
    world.require_access(call.account)
    call.refuse_flag("updateHistory")
    _check_flags(call, "fieldsByKeys", "failFast")
    issue, shown = world.issue(call.account, call.params["issueIdOrKey"]), Shown(call.account)
    agile = call.operation.path.startswith("/rest/agile/")
    fields = chosen_fields(world, call.many("fields"), "*all")
    expand = check_expand(call.many("expand"))
    payload = kept_issue(world, issue, fields, expand, shown, agile=agile)
    payload |= _held(issue, call.many("properties"))
    return Result(payload=payload | _legend(world, fields, expand), reads=shown.refs)


def _check_flags(call: Call, *names: str) -> None:
    """Flags that change nothing: a field's key is its id, no field fails, and no project of a site is archived."""
    for name in names:
        call.flag(name)


def _properties(issue: Issue, asked: Sequence[str]) -> Json:
    """The properties asked for: keys, ``*all``, and ``-key`` to leave one out."""
    every = "*all" in asked or all(each.startswith("-") for each in asked)
    return {key: value for key, value in issue.properties.items() if (every or key in asked) and f"-{key}" not in asked}


def _held(issue: Issue, asked: Sequence[str]) -> Json:
    return {"properties": _properties(issue, asked)} if asked else {}


def _legend(world: World, fields: Sequence[str], expand: frozenset[str]) -> Json:
    found: Json = {}
    if "names" in expand:
        found["names"] = names(world, fields)
    if "schema" in expand:
        found["schema"] = schemas(world, fields)
    return found


def search_get(world: World, call: Call) -> Result:
    call.ids("reconcileIssues", MOST_RECONCILED)  # a search finds what was just written without being told
    _check_flags(call, "fieldsByKeys", "failFast", "includeArchivedProjects")
    return _search(
        world, call, call.one("jql"), call.number("maxResults", 50), call.one("nextPageToken"),
        call.many("fields"), call.many("expand"), call.many("properties"),
    )  # fmt: skip


def search_post(world: World, call: Call) -> Result:
    body = call.json()
    _check_body(body)
    count, expand, token = body.get("maxResults", 50), body.get("expand") or "", body.get("nextPageToken")
    if type(count) is not int or count < 0:
        raise bad_request("maxResults must be a whole number of 0 or more.")
    if not isinstance(expand, str) or not isinstance(token, str | None):
        raise bad_request("Invalid request payload. Refer to the REST API documentation and try again.")
    return _search(
        world, call, body.get("jql"), count, token, _strings(body, "fields"), expand.split(","),
        _strings(body, "properties"),
    )  # fmt: skip


def _check_body(body: dict[str, Any]) -> None:
    """What changes nothing, as ``_check_flags`` says, is checked all the same."""
    for name in ("fieldsByKeys", "includeArchivedProjects"):
        if not isinstance(body.get(name), bool | None):
            raise bad_request(f"{name} must be true or false.")
    ids = body.get("reconcileIssues") or []
    if not isinstance(ids, list) or not all(type(each) is int for each in ids) or len(ids) > MOST_RECONCILED:
        raise bad_request(f"reconcileIssues must be a list of at most {MOST_RECONCILED} issue ids.")


def _strings(body: dict[str, Any], name: str) -> tuple[str, ...]:
    found = body.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise bad_request(f"{name} must be a list of strings.")
    return tuple(found)


def _search(
    world: World, call: Call, jql: object, count: int, token: str | None, asked: Sequence[str], expand: Iterable[str],
    properties: Sequence[str],
) -> Result:  # fmt: skip
    world.require_access(call.account)
    issues = _matching(world, call, jql)
    expanded, shown = check_expand(expand), Shown(call.account)
    if len(properties) > MOST_PROPERTIES:
        raise bad_request(f"At most {MOST_PROPERTIES} properties can be asked for.")
    bare = not asked or set(asked) <= {"id", "key"}
    fields = () if bare else tuple(each for each in chosen_fields(world, asked, "id") if each not in AGILE)
    most = MOST_BARE if bare and not expanded and not properties else MOST_WITH_FIELDS
    page, after = token_page(
        issues, token=token, count=max(1, min(count, most)), belongs=(jql, call.account), ident=lambda each: each.id
    )
    if bare and "key" not in asked and not expanded and not properties:
        shown.add(*(f"issue/{issue.id}" for issue in page))
        items: list[Json] = [{"id": issue.id} for issue in page]
    else:
        items = [kept_issue(world, issue, fields, expanded, shown) | _held(issue, properties) for issue in page]
    payload: Json = {"issues": items, "isLast": after is None}
    if after is not None:
        payload["nextPageToken"] = after
    return Result(payload=payload | _legend(world, fields, expanded), reads=shown.refs)


def _matching(world: World, call: Call, jql: object) -> Sequence[Issue]:
    """The visible issues of a bounded query, newest first unless it orders them."""
    if not isinstance(jql, str) or not jql.strip():
        raise bad_request(_UNBOUNDED)
    query = parse(jql)
    if query.where is None:
        raise bad_request(_UNBOUNDED)
    matcher = Matcher(world, call.account, call.clock)
    return matcher.search(query, newest_first)


def count_issues(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return Result(payload={"count": len(_matching(world, call, call.json().get("jql")))})


def bulk_fetch(world: World, call: Call) -> Result:
    """Issues by id or key, ascending by id; what the caller cannot see is an error of its own."""
    world.require_access(call.account)
    body, shown = call.json(), Shown(call.account)
    asked = list(dict.fromkeys(_strings(body, "issueIdsOrKeys")))
    if not asked:
        raise bad_request("issueIdsOrKeys must hold at least one issue id or key.")
    if len(asked) > MOST_FETCH:
        raise bad_request(f"issueIdsOrKeys takes at most {MOST_FETCH} issues.")
    _check_body(body)
    properties = _strings(body, "properties")
    if len(properties) > MOST_PROPERTIES:
        raise bad_request(f"At most {MOST_PROPERTIES} properties can be asked for.")
    expand = check_expand(_strings(body, "expand"))
    fields = tuple(each for each in chosen_fields(world, _strings(body, "fields"), "*navigable") if each not in AGILE)
    found = {issue.id: issue for each in asked if (issue := world.find_issue(call.account, each)) is not None}
    missing = [each for each in asked if world.find_issue(call.account, each) is None]
    issues = [
        kept_issue(world, issue, fields, expand, shown) | _held(issue, properties)
        for issue in sorted(found.values(), key=by_id)
    ]
    says = "Issue does not exist or you do not have permission to see it."
    errors = [{"id": each, "errorMessage": says} for each in missing]
    return Result(payload={"issues": issues, "issueErrors": errors} | _legend(world, fields, expand), reads=shown.refs)
