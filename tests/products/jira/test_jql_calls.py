"""What is said of queries: their structure, what is wrong with them, which issues they match."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

Ask = Callable[..., Any]
PARSE, MATCH = "/rest/api/3/jql/parse?validation={}", "/rest/api/3/jql/match"


def parsed(ask: Ask, jql: str, validation: str = "none", by: str = "alice") -> Any:
    got = ask("POST", PARSE.format(validation), {"queries": [jql]}, by=by)
    assert got.status == 200, got
    (found,) = got.json["queries"]
    assert found.pop("query") == jql
    return found


def field(name: str, encoded: str | None = None) -> Any:
    return {"name": name, "encodedName": encoded or name}


STRUCTURES: list[tuple[str, Any]] = [
    ("Status = Done", {"where": {
        "field": field("Status"), "operator": "=", "operand": {"value": "Done", "encodedValue": "Done"}}}),
    ("assignee was not empty before -1d", {"where": {
        "field": field("assignee"), "operator": "was not", "operand": {"keyword": "empty"},
        "predicates": [{"operator": "before", "operand": {"value": "-1d", "encodedValue": "-1d"}}]}}),
    ("not labels in (a, f('x y'))", {"where": {"operator": "not", "clauses": [{
        "field": field("labels"), "operator": "in", "operand": {"encodedOperand": '(a, f("x y"))', "values": [
            {"value": "a", "encodedValue": "a"},
            {"function": "f", "arguments": ["x y"], "encodedOperand": 'f("x y")'}]}}]}}),
    ("key in watchedIssues()", {"where": {"field": field("key"), "operator": "in", "operand": {
        "function": "watchedIssues", "arguments": [], "encodedOperand": "watchedIssues()"}}}),
    ("order by 'Story Points' desc, key", {"orderBy": {"fields": [
        {"field": field("Story Points", "Story\\ Points"), "direction": "desc"}, {"field": field("key")}]}}),
]  # fmt: skip


@pytest.mark.parametrize(("jql", "shape"), STRUCTURES, ids=[each[0] for each in STRUCTURES])
def test_a_structure_has_the_words_where_they_stand(ask: Ask, jql: str, shape: Any) -> None:
    assert parsed(ask, jql) == {"structure": shape}


def operators(node: Any) -> Iterator[str]:
    if "clauses" not in node:
        yield str(node["field"]["name"])
        return
    yield f"{node['operator']}["
    for each in node["clauses"]:
        yield from operators(each)
    yield "]"


@pytest.mark.parametrize(
    ("jql", "shape"),
    [
        ("a = 1 or b = 2 and c = 3 or d = 4", "or[ a and[ b c ] d ]"),
        ("(a = 1 or b = 2) && !(c changed)", "and[ or[ a b ] not[ c ] ]"),
        ("not not a = 1 and b = 2", "and[ not[ not[ a ] ] b ]"),
    ],
)
def test_and_binds_closer_than_or_and_not_stands_where_it_is_written(ask: Ask, jql: str, shape: str) -> None:
    assert " ".join(operators(parsed(ask, jql)["structure"]["where"])) == shape


def test_every_problem_is_told_and_strictness_says_how(ask: Ask) -> None:
    jql = "project = NOPE and nonsense = 1 or status = Done order by nowhere"
    says = ["The value 'NOPE' does not exist for the field 'project'.",
            "Field 'nonsense' does not exist or you do not have permission to view it.",
            "Field 'nowhere' does not exist or you do not have permission to view it."]  # fmt: skip
    assert parsed(ask, jql, "strict") == {"errors": says}
    warned = parsed(ask, jql, "warn")
    assert warned["warnings"] == says
    assert warned["structure"] == parsed(ask, jql, "none")["structure"]


@pytest.mark.parametrize("validation", ["strict", "warn", "none"])
def test_what_cannot_be_read_has_its_error_and_no_structure(ask: Ask, validation: str) -> None:
    found = parsed(ask, "project OPEN", validation)
    assert list(found) == ["errors"]
    assert "Expecting an operator" in found["errors"][0]


def test_what_is_hidden_is_a_problem_for_who_may_not_see_it(ask: Ask) -> None:
    assert "structure" in parsed(ask, "project = SEC", "strict", by="alice")
    assert parsed(ask, "project = SEC", "strict", by="bob") == {
        "errors": ["The value 'SEC' does not exist for the field 'project'."]
    }


@pytest.mark.parametrize("body", [{}, {"queries": []}, {"queries": [""]}, {"queries": "x"}, {"queries": [1]}])
def test_a_body_without_queries_is_a_400(ask: Ask, body: Any) -> None:
    assert ask("POST", PARSE.format("strict"), body).status == 400
    assert ask("POST", PARSE.format("lax"), {"queries": ["key = OPEN-1"]}).status == 400


def test_what_is_not_emulated_is_named(ask: Ask) -> None:
    for jql in (
        "issue.property[a].b = 1",
        'issue.property["a b"].c = 1',
        "project = OPEN order by issue.property[a].b",
    ):
        got = ask("POST", PARSE.format("none"), {"queries": [jql]})
        assert (got.status, got.unsupported[:24]) == (501, "JQL field issue.property")


def test_issues_are_matched_by_each_query_and_only_those_that_are_seen(ask: Ask) -> None:
    body = {"issueIds": [1002, 1001, 2001, 999], "jqls": ["key = OPEN-1", "order by key", "project = SEC", "nonsense"]}
    alice, bob = ask("POST", MATCH, body), ask("POST", MATCH, body, by="bob")
    assert [each["matchedIssues"] for each in alice.json["matches"]] == [[1001], [1001, 1002, 2001], [2001], []]
    assert [each["matchedIssues"] for each in bob.json["matches"]] == [[1001], [1001, 1002], [], []]
    assert [len(each["errors"]) for each in bob.json["matches"]] == [0, 0, 1, 1]
    assert sorted(bob.reads) == ["issue/1001", "issue/1002"]


def test_more_than_can_be_matched_at_once_is_a_400(ask: Ask) -> None:
    assert ask("POST", MATCH, {"issueIds": list(range(1001)), "jqls": []}).status == 400
    assert ask("POST", MATCH, {"issueIds": [], "jqls": ["key = OPEN-1"] * 101}).status == 400
    assert ask("POST", MATCH, {"issueIds": ["1001"], "jqls": []}).status == 400
