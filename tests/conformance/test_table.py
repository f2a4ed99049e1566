"""The table of cases: it is whole, it can be wrong, and ours answers what was measured."""

from __future__ import annotations

import msgspec
import pytest

from forgesim.conformance.case import AREAS, Case, load_cases
from forgesim.conformance.deploy import changed
from forgesim.conformance.play import Bench

CASES = load_cases()
MEASURED = [case for case in CASES if case.source == "measured"]


def test_a_case_is_named_once() -> None:
    names = [case.id for case in CASES]
    assert sorted(set(names)) == sorted(names)


def test_every_area_has_cases_and_every_case_a_receipt() -> None:
    assert {case.area for case in CASES} == set(AREAS)
    assert [case.id for case in CASES if not case.receipt] == []


def test_what_was_measured_is_asked_of_the_real_package_too() -> None:
    assert [case.id for case in MEASURED if case.deploy is None and case.client is None] == []


@pytest.mark.parametrize("case", MEASURED, ids=lambda case: case.id)
def test_what_was_measured_on_a_live_site_is_what_ours_answers(bench: Bench, case: Case) -> None:
    row = bench.play(case)
    assert row.unlike == [], row.seen


def case(**members: object) -> Case:
    about = {"id": "x", "says": "x", "source": "choice", "page": "ours"}
    return msgspec.convert(about | members, Case)


def test_another_answer_than_the_expected_is_not_the_same(bench: Bench) -> None:
    row = bench.play(case(ask={"to": "kvs get", "body": {"key": "a"}}, expect={"status": 200, "code": "OTHER"}))
    assert row.unlike == ["status 404", "code KEY_NOT_FOUND"]


def test_a_case_after_steps_that_failed_is_not_the_same(bench: Bench) -> None:
    """Nothing is there after a set that was refused, so an absent key would prove nothing."""
    refused = {"to": "kvs set", "body": {"key": "a/b", "value": 1}}
    ask = {"to": "kvs get", "body": {"key": "a"}}
    row = bench.play(case(before=[refused], ask=ask, expect={"status": 404}))
    assert row.unlike == ["before it, kvs set was answered 400"]


def test_a_step_that_should_fail_and_does_not_is_told(bench: Bench) -> None:
    taken = {"to": "kvs set", "body": {"key": "a", "value": 1}, "fails": True}
    row = bench.play(case(before=[taken], ask={"to": "kvs get", "body": {"key": "a"}}, expect={"status": 200}))
    assert row.unlike == ["before it, kvs set was answered 204"]


def test_each_case_has_an_installation_of_its_own(bench: Bench) -> None:
    bench.play(case(ask={"to": "kvs set", "body": {"key": "a", "value": 1}}, expect={"status": 204}))
    assert bench.play(case(ask={"to": "kvs get", "body": {"key": "a"}}, expect={"status": 404})).same


def test_the_answer_before_can_be_sent_on(bench: Bench) -> None:
    writes = [{"to": "kvs set", "body": {"key": key, "value": 1}} for key in ("a", "b")]
    page = {"to": "kvs query", "body": {"limit": 1}}
    following = {"to": "kvs query", "body": {"limit": 1, "after": {"$answer": "cursor"}}}
    second = {"status": 200, "body": {"data": [{"key": "b"}]}}
    assert bench.play(case(before=[*writes, {"wait": 60_000}, page], ask=following, expect=second)).same


def test_a_manifest_is_refused_in_its_readers_words(bench: Bench) -> None:
    row = bench.play(case(deploy={"app.runtime": None}, expect={"deploys": True}))
    assert row.unlike == [f"refused: {row.seen.problem}"]
    assert "runtime" in str(row.seen.problem)


def test_a_changed_manifest_leaves_the_first_as_it_was(bench: Bench) -> None:
    data = bench.app.manifest.data
    assert changed(data, {"app.runtime.name": "nodejs24.x"})["app"]["runtime"]["name"] == "nodejs24.x"
    assert data["app"]["runtime"]["name"] == "nodejs22.x"


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({}, "asks something"),
        ({"ask": {"to": "kvs get"}, "deploy": {"a": 1}}, "asks something"),
        ({"ask": {"to": "kvs get"}, "expect": {}}, "nothing could differ"),
        ({"ask": {"to": "storage get"}}, "no address"),
        ({"ask": {"wait": 5, "analytics": True}}, "a request, a wait or a switch"),
        ({"ask": {"to": "kvs get", "bod": 1}}, "unknown field"),
    ],
    ids=["no question", "two questions", "no expectation", "no such address", "two things at once", "a typo"],
)
def test_a_malformed_case_is_refused(members: dict[str, object], why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        case(**{"expect": {"status": 200}, **members})
