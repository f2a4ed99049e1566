"""Operations on queries rather than by them: what one says, what is wrong with it, which issues it means (Atlassian's
REST API documents)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import Refused, bad_request
from forgesim.products.jira.jql import Clause, Node, Not, Query, parse
from forgesim.products.jira.jql_match import Matcher
from forgesim.products.jira.jql_structure import structure
from forgesim.products.jira.serialise import Json
from forgesim.products.jira.world import World, by_id

__all__ = ["match_queries", "parse_queries"]

MOST_QUERIES, MOST_ISSUES = 100, 1000
"""Our choice: the documents speak of limits and give no numbers."""


def parse_queries(world: World, call: Call) -> Result:
    """Each query with its structure and what is wrong with it, as the caller would be told who searches by it."""
    world.require_access(call.account)
    strictness = call.choice("validation", "strict", "warn", "none")
    queries, matcher = _texts(call.json(), "queries"), Matcher(world, call.account, call.clock)
    if not queries or not all(queries):
        raise bad_request("queries must hold at least one query, and none that is empty.")
    return Result(payload={"queries": [_parsed(matcher, each, strictness) for each in queries]})


def _parsed(matcher: Matcher, text: str, strictness: str) -> Json:
    try:
        query = parse(text)
    except Refused as refused:
        return {"query": text, "errors": list(refused.messages)}
    found: Json = {"query": text}
    wrong = [] if strictness == "none" else list(dict.fromkeys(_problems(matcher, query)))
    if wrong:
        found["warnings" if strictness == "warn" else "errors"] = wrong
    return found if wrong and strictness == "strict" else found | {"structure": structure(text)}


def _problems(matcher: Matcher, query: Query) -> Iterator[str]:
    """Of every clause and every order, each for itself. Raises UnsupportedError."""
    alone = [Query(where=each, order=()) for each in _clauses(query.where)]
    alone += [Query(where=None, order=(each,)) for each in query.order]
    for each in alone:
        try:
            matcher.select(each, (), by_id)
        except Refused as refused:
            yield from refused.messages


def _clauses(node: Node | None) -> Iterator[Clause]:
    if isinstance(node, Clause):
        yield node
    elif node is not None:
        for part in (node.part,) if isinstance(node, Not) else node.parts:
            yield from _clauses(part)


def match_queries(world: World, call: Call) -> Result:
    """Which of the issues each query would find; a query that cannot be read has errors instead. Issues that the caller
    does not see are found by none."""
    world.require_access(call.account)
    body = call.json()
    queries, ids = _texts(body, "jqls"), body.get("issueIds")
    if not isinstance(ids, list) or not all(type(each) is int for each in ids):
        raise bad_request("issueIds must be a list of ids.")
    if len(queries) > MOST_QUERIES or len(ids) > MOST_ISSUES:
        raise bad_request(f"At most {MOST_QUERIES} queries and {MOST_ISSUES} issues can be matched at once.")
    issues = [each for id_ in dict.fromkeys(ids) if (each := world.site.issues.get(str(id_))) is not None]
    seen = [each for each in issues if world.sees(call.account, each)]
    matcher, matches, reads = Matcher(world, call.account, call.clock), list[Json](), dict[str, None]()
    for text in queries:
        try:
            found = matcher.select(parse(text), seen, by_id)
        except Refused as refused:
            matches.append({"matchedIssues": [], "errors": list(refused.messages)})
            continue
        reads |= dict.fromkeys(f"issue/{each.id}" for each in found)
        matches.append({"matchedIssues": [int(each.id) for each in found], "errors": []})
    return Result(payload={"matches": matches}, reads=tuple(reads))


def _texts(body: dict[str, Any], name: str) -> list[str]:
    found = body.get(name)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise bad_request(f"{name} must be a list of queries.")
    return found
