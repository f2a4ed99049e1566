"""Scopes decide every documented operation: nothing without them, everything with one whole alternative."""

from __future__ import annotations

import json

import pytest

from forgesim.scopes.refusal import refusal
from forgesim.scopes.table import Operation, Remote, decide, find, known_scopes, operations

NONE: frozenset[str] = frozenset()
EVERYTHING = known_scopes()


def remote_of(operation: Operation) -> Remote:
    return "confluence" if operation.product.startswith("confluence") else "jira"


def filled(operation: Operation) -> str:
    """The template with values that are no literal of any other template."""
    parts = operation.path.split("/")
    return "/".join(f"v{at}" if part.startswith("{") else part for at, part in enumerate(parts))


def offered(operation: Operation) -> bool:
    return not {"n", "?"} & set(operation.flags)


def test_all_documented_operations_are_there() -> None:
    found = operations()
    assert len(found) == 1145
    assert len({each.name for each in found}) == 1145
    assert sum("w" in each.flags for each in found) == 534


@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.name)
def test_every_operation_is_found_and_decided_by_its_scopes(operation: Operation) -> None:
    match = find(remote_of(operation), operation.method, filled(operation))
    assert match is not None
    assert match.operation is operation
    if not offered(operation):
        assert decide(match, EVERYTHING).rule == "no-oauth"
        return
    free = () in operation.alternatives
    assert decide(match, NONE).allow == (free and not operation.retired)
    for alternative in operation.alternatives:
        decision = decide(match, frozenset(alternative))
        assert (decision.allow, decision.rule) == ((False, "retired") if operation.retired else (True, "scope"))
        for one in alternative:
            rest = frozenset(alternative) - {one}
            if not any(rest.issuperset(other) for other in operation.alternatives):
                refused = decide(match, rest)
                assert (refused.allow, refused.rule) == (False, "scope")
                assert one in refused.reason


def test_one_alternative_is_enough_and_halves_of_two_are_not() -> None:
    match = find("jira", "GET", "/rest/api/3/issue/ABC-1")
    assert match is not None
    classic, granular = match.operation.classic, match.operation.granular
    assert classic is not None
    assert granular is not None
    assert len(granular) > 1
    assert decide(match, frozenset(classic)).allow
    assert decide(match, frozenset(granular)).allow
    assert not decide(match, frozenset(granular[1:])).allow


@pytest.mark.parametrize(
    ("remote", "method", "path", "name"),
    [
        ("confluence", "get", "/wiki/api/v2/pages/12/labels", "GET /wiki/api/v2/pages/{id}/labels"),
        ("confluence", "GET", "/wiki/api/v2/pages/", "GET /wiki/api/v2/pages"),
        ("confluence", "GET", "/rest/api/user/current", "GET /wiki/rest/api/user/current"),
        (
            "confluence",
            "post",
            "/rest/api/content/7/permission/check",
            "POST /wiki/rest/api/content/{id}/permission/check",
        ),
        ("confluence", "GET", "/wiki/rest/api/content/search", "GET /wiki/rest/api/content/search"),
        ("jira", "GET", "/rest/api/2/issue/A-1", "GET /rest/api/3/issue/{issueIdOrKey}"),
        ("jira", "GET", "/rest/api/latest/myself", "GET /rest/api/3/myself"),
        ("jira", "GET", "/rest/agile/latest/board/1/sprint", "GET /rest/agile/1.0/board/{boardId}/sprint"),
        ("jira", "GET", "/rest/api/3/issue/picker", "GET /rest/api/3/issue/picker"),
    ],
)
def test_routes_take_the_literal_segment_first_and_know_the_aliases(
    remote: Remote, method: str, path: str, name: str
) -> None:
    match = find(remote, method, path)
    assert match is not None
    assert match.operation.name == name


@pytest.mark.parametrize(
    ("remote", "method", "path"),
    [
        ("confluence", "GET", "/rest/api/3/issue/A-1"),
        ("jira", "GET", "/wiki/api/v2/pages"),
        ("confluence", "GET", "/api/v2/pages"),
        ("confluence", "GET", "/wiki/api/v2//pages"),
        ("confluence", "GET", "/wiki/api/v2/pages//labels"),
        ("confluence", "GET", "/wiki/api/v2/Pages"),
        ("confluence", "HEAD", "/wiki/api/v2/pages"),
        ("confluence", "DELETE", "/wiki/rest/api/content/search"),
        ("jira", "GET", "/rest/api/2/bulk/queue/1"),
        ("jira", "GET", "/rest/greenhopper/1.0/rapid/charts/velocity"),
        ("jira", "GET", "/"),
    ],
)
def test_an_unknown_route_is_denied_whatever_is_granted(remote: Remote, method: str, path: str) -> None:
    assert find(remote, method, path) is None
    assert decide(find(remote, method, path), EVERYTHING).rule == "unknown-route"


def test_parameters_are_decoded_once() -> None:
    match = find("confluence", "GET", "/wiki/rest/api/user/u%20x/property/%252e%252e")
    assert match is not None
    assert match.params == {"userId": "u x", "key": "%2e%2e"}


def test_a_wrong_turn_at_a_literal_leaves_no_value_behind() -> None:
    match = find("jira", "GET", "/rest/api/3/issue/properties/properties/k")
    assert match is not None
    assert match.params == {"issueIdOrKey": "properties", "propertyKey": "k"}


@pytest.mark.parametrize(
    ("remote", "method", "path", "writes"),
    [
        ("jira", "GET", "/rest/api/3/search", False),
        ("jira", "POST", "/rest/api/2/search", False),
        ("confluence", "GET", "/wiki/rest/api/content/1", False),
        ("confluence", "PUT", "/wiki/rest/api/content/1", True),
        ("confluence", "POST", "/rest/api/content", True),
        ("confluence", "DELETE", "/wiki/rest/api/content/1", True),
    ],
)
def test_what_is_retired_answers_410(remote: Remote, method: str, path: str, writes: bool) -> None:
    match = find(remote, method, path)
    decision = decide(match, EVERYTHING)
    assert match is not None
    assert (match.operation.op_class, match.operation.writes) == ("content", writes)
    assert (decision.allow, decision.rule) == (False, "retired")
    answer = refusal(decision, remote)
    assert answer.status == 410
    assert decision.reason in answer.body.decode()


def test_a_refused_call_gets_the_body_that_forge_sends() -> None:
    answer = refusal(decide(find("confluence", "GET", "/wiki/api/v2/pages"), NONE), "confluence")
    assert answer.status == 401
    assert json.loads(answer.body) == {"code": 401, "message": "Unauthorized; scope does not match"}


CLASSED = [
    ("confluence", "PUT", "/wiki/api/v2/pages/1", "content", True),
    ("confluence", "PUT", "/wiki/api/v2/pages/1/title", "content", True),
    ("confluence", "POST", "/wiki/api/v2/footer-comments", "content", True),
    ("confluence", "POST", "/wiki/rest/api/content/1/label", "content", True),
    ("confluence", "POST", "/wiki/api/v2/pages/1/properties", "app-data", True),
    ("confluence", "PUT", "/wiki/api/v2/app/properties/k", "app-data", True),
    ("confluence", "PUT", "/wiki/rest/api/relation/r/from/a/b/to/c/d", "app-data", True),
    ("confluence", "PUT", "/wiki/rest/api/content/1/restriction", "configuration", True),
    ("confluence", "POST", "/wiki/api/v2/users-bulk", "user", False),
    ("confluence", "POST", "/wiki/api/v2/content/convert-ids-to-types", "query", False),
    ("confluence", "GET", "/wiki/rest/api/search", "content", False),
    ("jira", "PUT", "/rest/api/3/issue/A-1", "content", True),
    ("jira", "POST", "/rest/agile/1.0/sprint", "content", True),
    ("jira", "DELETE", "/rest/api/3/field/1/option/2/issue", "content", True),
    ("jira", "DELETE", "/rest/api/3/field/1/option/2", "configuration", True),
    ("jira", "PUT", "/rest/api/3/issue/A-1/properties/k", "app-data", True),
    ("jira", "POST", "/rest/devinfo/0.10/bulk", "app-data", True),
    ("jira", "POST", "/rest/api/3/issueLinkType", "configuration", True),
    ("jira", "POST", "/rest/api/3/search/jql", "content", False),
    ("jira", "POST", "/rest/api/3/jql/pdcleaner", "query", False),
    ("jira", "POST", "/rest/api/3/permissions/check", "query", False),
]


@pytest.mark.parametrize(("remote", "method", "path", "op_class", "writes"), CLASSED)
def test_operations_are_classed_by_what_they_touch(
    remote: Remote, method: str, path: str, op_class: str, writes: bool
) -> None:
    match = find(remote, method, path)
    assert match is not None
    assert (match.operation.op_class, match.operation.writes) == (op_class, writes)


def test_a_write_with_a_content_scope_is_content_or_was_looked_at() -> None:
    """What the classic content scopes may change is content, app data, or one of these few things."""
    about = ("/restriction", "/watch/", "/filter/", "/notification", "/task/")
    scopes = {
        "write:confluence-content",
        "write:confluence-file",
        "write:jira-work",
        "write:servicedesk-request",
    }
    for each in operations():
        if each.writes and scopes & set(each.classic or ()) and each.op_class not in ("content", "app-data"):
            assert each.op_class == "configuration"
            assert any(part in each.path for part in about), each.name


def test_scope_names_are_those_of_the_documents_and_of_forge() -> None:
    used = {scope for each in operations() for alternative in each.alternatives for scope in alternative}
    assert len(used) == 341
    assert used < known_scopes()
    assert {"storage:app", "report:personal-data", "read:app-user-token"} <= known_scopes() - used
