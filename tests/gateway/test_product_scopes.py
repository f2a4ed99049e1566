"""Every documented operation at the gateway: refused without its scopes, let through with them, and never by half."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from forgesim.scopes.table import Operation, known_scopes, operations

MISMATCH = b'{"code":401,"message":"Unauthorized; scope does not match"}'
PRODUCTS = sorted({each.product for each in operations()})


class Caller:
    """A desk that makes one operation's call under whatever scopes it is told."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk

    def call(self, operation: Operation, scopes: Iterable[str]) -> tuple[int, bytes]:
        self.desk.installation.scopes = frozenset(scopes)
        self.desk.installation.traffic.network = 0
        remote = "confluence" if operation.product.startswith("confluence") else "jira"
        path = re.sub(r"\{[^}]*\}", "v1", operation.path)
        answer = self.desk.product(path, method=operation.method, remote=remote).answer
        return answer.status, answer.body


@pytest.fixture
def caller(make_desk: Any) -> Caller:
    return Caller(make_desk())


def of(product: str) -> list[Operation]:
    return [each for each in operations() if each.product == product]


def offered(operation: Operation) -> bool:
    return not {"n", "?"} & set(operation.flags)


def halves(operation: Operation) -> set[frozenset[str]]:
    """Each alternative without one of its scopes, where what is left is not another alternative."""
    cut = {frozenset(each) - {one} for each in operation.alternatives for one in each}
    return {each for each in cut if not any(map(each.issuperset, operation.alternatives))}


@pytest.mark.parametrize("product", PRODUCTS)
def test_without_a_whole_alternative_the_answer_is_401(caller: Caller, product: str) -> None:
    asked = [each for each in of(product) if offered(each) and () not in each.alternatives]
    answers = {(each.name, half): caller.call(each, half) for each in asked for half in {frozenset(), *halves(each)}}
    assert len(answers) > len(asked) > 60
    assert set(answers.values()) == {(401, MISMATCH)}


@pytest.mark.parametrize("product", PRODUCTS)
def test_with_one_whole_alternative_the_answer_is_no_401(caller: Caller, product: str) -> None:
    asked = [(each, whole) for each in of(product) if offered(each) for whole in each.alternatives]
    assert [each.name for each, whole in asked if caller.call(each, whole)[0] == 401] == []
    assert len(asked) > 60


def test_what_asks_for_no_scope_is_open_to_every_app(caller: Caller) -> None:
    free = [each for each in operations() if () in each.alternatives and offered(each)]
    assert {each.name for each in free} > {"GET /rest/api/3/serverInfo", "POST /rest/api/3/permissions/check"}
    assert [each.name for each in free if caller.call(each, ())[0] == 401] == []


def test_what_is_not_offered_to_apps_stays_closed_with_every_scope(caller: Caller) -> None:
    closed = [each for each in operations() if not offered(each)]
    assert len(closed) > 30
    assert {caller.call(each, known_scopes()) for each in closed} == {(401, MISMATCH)}


GONE = [("confluence", "GET", "/wiki/rest/api/content/1"), ("confluence", "GET", "/rest/api/content"),
        ("confluence", "DELETE", "/wiki/rest/api/content/1"), ("jira", "GET", "/rest/api/3/search"),
        ("jira", "POST", "/rest/api/2/search"), ("jira", "GET", "/rest/api/latest/search?jql=")]  # fmt: skip


@pytest.mark.parametrize(("remote", "method", "path"), GONE)
def test_what_is_retired_is_gone_in_the_words_of_its_product(
    make_desk: Any, remote: str, method: str, path: str
) -> None:
    crossed = make_desk().product(path, method=method, remote=remote)
    assert (crossed.decision.rule, crossed.answer.status) == ("retired", 410)
    told = json.loads(crossed.answer.body)
    assert crossed.decision.reason in (told["errorMessages"] if remote == "jira" else [told["message"]])


ALIASES = [
    ("jira", "/rest/api/2/myself", "read:jira-user", "GET /rest/api/3/myself"),
    ("jira", "/rest/api/latest/myself", "read:jira-user", "GET /rest/api/3/myself"),
    ("jira", "/rest/agile/latest/sprint/1", "read:sprint:jira-software", "GET /rest/agile/1.0/sprint/{sprintId}"),
    ("confluence", "/rest/api/user/current", "read:content-details:confluence", "GET /wiki/rest/api/user/current"),
]


@pytest.mark.parametrize(("remote", "path", "scope", "name"), ALIASES)
def test_an_alias_asks_for_the_scopes_of_what_it_means(
    make_desk: Any, remote: str, path: str, scope: str, name: str
) -> None:
    assert make_desk(scopes=()).product(path, remote=remote).answer.body == MISMATCH
    desk = make_desk(scopes=[scope])
    assert desk.product(path, remote=remote).answer.status in {200, 404}
    assert desk.decided[0].op == name


WAYS_OUT = [
    "/wiki/api/v2/pages/../../../rest/api/3/myself", "/wiki/api/v2/pages/%2e%2e/%2E%2E/%2e./rest/api/user/current",
    "/wiki/api/v2/pages/..\\..\\..\\rest\\api\\user", "/wiki/api/v2/pages/.\t./.\n./.\r./rest/api/user/current",
    "/wiki/api/v2/pages/..;/..;/rest/api/user", "/wiki/api/v2/pages/..%2f..%2frest", "/wiki/api/v2/pages/..%5c..",
    "//evil.example/wiki/api/v2/pages", "/\\evil.example/wiki/api/v2/pages", "https://evil.example/wiki/api/v2/pages",
    "/wiki/api/v2/pages/1%00", "/wiki/api/v2/pages/1%0d%0aX:1", "/../wiki/api/v2/pages", "wiki/api/v2/pages",
]  # fmt: skip


@pytest.mark.parametrize("path", WAYS_OUT, ids=ascii)
def test_no_spelling_of_a_path_leads_out_of_its_api(make_desk: Any, path: str) -> None:
    desk = make_desk()
    crossed = desk.product(path)
    assert (crossed.decision.rule, crossed.answer.status) == ("path", 400)
    assert (desk.decided[0].target, desk.decided[0].op) == (path, None)


SAME = ["/wiki/api/v2/./pages/{}", "/wiki/api/v2/spaces/../pages/{}", "/wiki/api/v2/%70ages/{}",
        "/wiki/api/v2/pages\\{}", "/wiki/api/v2/pa\tges/{}",
        "/wiki/api/v2/pages/{}/", "/wiki/api/v2/pages/{}#/../spaces"]  # fmt: skip


@pytest.mark.parametrize("path", SAME, ids=ascii)
def test_every_other_spelling_is_the_operation_that_it_means(make_desk: Any, path: str) -> None:
    """The scope of spaces, which some of them name, opens none."""
    desk = make_desk(scopes=["read:page:confluence"])
    assert desk.product(path.format(desk.page)).answer.status == 200
    assert desk.decided[0].op == "GET /wiki/api/v2/pages/{id}"
    assert make_desk(scopes=["read:space:confluence"]).product(path.format(desk.page)).answer.body == MISMATCH


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "x-http-method", "X-Method-Override"])
@pytest.mark.parametrize("remote", ["confluence", "jira"])
def test_a_header_cannot_change_the_method_after_the_check(make_desk: Any, name: str, remote: str) -> None:
    crossed = make_desk().product("/rest/api/3/myself", remote=remote, headers=[("accept", "*/*"), (name, "DELETE")])
    assert (crossed.decision.rule, crossed.answer.status) == ("method-override", 400)


MUTATION = "mutation { updatePage(id: 1) { id } }"
URL = "createWebTriggerUrl(input: $input) { url }"
SMUGGLED = {
    "alone": MUTATION,
    "beside a query": f"query a {{ me {{ id }} }} {MUTATION}",
    "beside an operation on URLs": f"mutation a($input: I!) {{ {URL} updatePage(id: 1) {{ id }} }}",
    "before an operation on URLs": f"mutation a($input: I!) {{ updatePage(id: 1) {{ id }} {URL} }}",
    "under its name": f'mutation a($input: I!) {{ x: updatePage(note: "{URL}") {{ id }} }}',
    "behind a comment": f"# {URL}\n{MUTATION}",
    "in a second operation": f"mutation a($input: I!) {{ {URL} }} {MUTATION}",
    "in a fragment": f"mutation a($input: I!) {{ {URL} ...f }} fragment f on Mutation {{ updatePage(id: 1) {{ id }} }}",
}


@pytest.mark.parametrize("query", SMUGGLED.values(), ids=SMUGGLED.keys())
@pytest.mark.parametrize("provider", ["user", "app"])
def test_a_mutation_is_refused_and_recorded_as_a_write(make_desk: Any, query: str, provider: str) -> None:
    desk = make_desk()
    descriptor = {"type": "fpp", "provider": provider, "remote": "stargate"}
    crossed = desk.ask(descriptor, "/graphql", {"query": query, "variables": {"input": {}}}, method="POST")
    assert (crossed.decision.allow, crossed.answer.status) == (False, 501)
    assert (desk.decided[0].op, desk.decided[0].writes) == ("stargate /graphql", True)


@pytest.mark.parametrize("path", ["/graphql", "/cgraphql", "/wiki/graphql", "/gateway/api/graphql", "/rest/gira/1"])
@pytest.mark.parametrize("remote", ["confluence", "jira"])
def test_graphql_behind_a_products_own_path_is_no_operation(make_desk: Any, path: str, remote: str) -> None:
    desk = make_desk()
    crossed = desk.product(path, remote=remote, method="POST", body={"query": MUTATION})
    assert (crossed.decision.rule, crossed.answer.body, desk.decided[0].writes) == ("unknown-route", MISMATCH, True)
