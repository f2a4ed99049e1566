"""reads_only_its_purpose"""

from __future__ import annotations

from typing import Any

import pytest

NAME = "reads_only_its_purpose"
PAGES = "/wiki/api/v2/spaces/{}/pages"
LIST = "GET /wiki/api/v2/spaces/{id}/pages"


def why(book: Any) -> str:
    return " | ".join(item.why for item in book.broken()[NAME].evidence)


def read(book: Any, target: str, *reads: str, op: str = "GET /wiki/api/v2/pages/{id}", status: int = 200) -> None:
    book.cross("confluence", "GET", target, op=op, op_class="content", acts_as="user", account="alice", reads=reads,
               status=status)  # fmt: skip


@pytest.fixture
def byline(honest: Any) -> Any:
    """An app whose ``scan`` may read one page and its descendants, called for page 101."""
    honest.trust_text = honest.trust_text.replace("scan: pages\n", "scan: pages\n  look: pages of payload.pageId\n")
    honest.call(resolver="look", given={"pageId": "101"})
    return honest


def test_a_byline_that_scans_a_space_breaks_it_alone(byline: Any) -> None:
    read(byline, PAGES.format(10), "page/101", "page/103", op=LIST)
    assert list(byline.broken()) == [NAME]
    assert why(byline) == "look asks for page/103, which is none of its pages"


@pytest.mark.parametrize("ref", ["page/101", "page/102"], ids=["the page", "a descendant"])
def test_the_page_and_what_lies_under_it_are_the_purpose(byline: Any, ref: str) -> None:
    read(byline, f"/wiki/api/v2/{ref.replace('page', 'pages')}", ref)
    assert byline.broken() == {}


@pytest.mark.parametrize(
    ("target", "op", "reason"),
    [
        ("/wiki/api/v2/pages/103", "GET /wiki/api/v2/pages/{id}", "page/103, which is none of its pages"),
        (PAGES.format(10), LIST, "pages of space/10"),
        ("/wiki/api/v2/spaces/10", "GET /wiki/api/v2/spaces/{id}", "spaces, which its reads do not name"),
    ],
)
def test_a_read_that_failed_is_an_attempt_by_what_its_path_names(
    byline: Any, target: str, op: str, reason: str
) -> None:
    read(byline, target, op=op, status=404)
    assert list(byline.broken()) == [NAME]
    assert reason in why(byline)


def test_what_does_not_exist_may_be_asked_for_where_the_payload_names_it(byline: Any) -> None:
    byline.call(resolver="look", given={"pageId": "9"})
    read(byline, "/wiki/api/v2/pages/9", status=404)
    assert byline.broken() == {}


@pytest.mark.parametrize(
    ("rules", "given", "within", "beyond"),
    [
        ("spaces of payload.pageId, pages of payload.pageId", {"pageId": "102"}, "space/10", "space/11"),
        ("pages of payload.space.id", {"space": {"id": "10"}}, "page/102", "page/103"),
        ("users of context.accountId", {}, "user/alice", "user/bob"),
        ("pages of payload.pageIds", {"pageIds": ["102", "103"]}, "page/103", "page/101"),
    ],
)
def test_a_rule_restricts_to_what_the_call_names(
    honest: Any, rules: str, given: object, within: str, beyond: str
) -> None:
    honest.trust_text = honest.trust_text.replace("scan: pages\n", f"scan: pages\n  look: {rules}\n")
    honest.call(resolver="look", given=given)
    read(honest, "/wiki/api/v2/pages/1", within)
    assert honest.broken() == {}
    read(honest, "/wiki/api/v2/pages/1", beyond)
    assert beyond in why(honest)


def test_a_function_without_rules_may_read_nothing(honest: Any) -> None:
    honest.call(resolver="nightly")
    honest.read()
    assert list(honest.broken()) == [NAME]
    assert "trust.yml has no reads for it" in why(honest)


def test_an_app_that_cannot_read_has_no_purpose_to_keep(blank: Any) -> None:
    blank.manifest["permissions"]["scopes"] = ["storage:app"]
    blank.trust_text = blank.trust_text.replace("reads:\n  scan: pages\n", "")
    assert blank.outcomes()[NAME] == "NOT_APPLICABLE"


def test_without_a_successful_read_it_is_unproven(blank: Any) -> None:
    blank.run(first=True)
    blank.call()
    blank.read(status=404)
    blank.finish()
    assert (blank.outcomes()[NAME], blank.verdicts()[NAME].says) == ("UNPROVEN", "the app read no content")


def test_a_single_call_that_read_is_too_little(blank: Any) -> None:
    blank.run(first=True)
    blank.call()
    blank.read()
    blank.finish()
    verdict = blank.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.crossings) == ("UNPROVEN", 1)


def test_the_issues_of_a_sprint_are_those_of_its_boards_project(honest: Any) -> None:
    honest.trust_text = honest.trust_text.replace("scan: pages\n", "scan: pages\n  look: issues of payload.sprintId\n")
    honest.ledger.runs[1].parents.update({
        "sprint/7": "board/3", "board/3": "project/1", "issue/20": "project/1", "issue/21": "issue/20",
        "issue/30": "project/2",
    })  # fmt: skip
    honest.call(resolver="look", given={"sprintId": 7})
    op = "GET /rest/agile/1.0/sprint/{sprintId}/issue"
    honest.cross("jira", "GET", "/rest/agile/1.0/sprint/7/issue", op=op, op_class="content", reads=("issue/21",))
    assert honest.broken() == {}
    honest.cross("jira", "GET", "/rest/agile/1.0/sprint/7/issue", op=op, op_class="content", reads=("issue/30",))
    assert "issue/30" in why(honest)


def test_it_holds_where_all_code_ran(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value) == ("HOLDS", "observed")
    honest.cover(0)
    assert honest.outcomes()[NAME] == "UNPROVEN"


def test_a_key_in_the_payload_stands_for_what_it_is_the_key_of(honest: Any) -> None:
    honest.trust_text = honest.trust_text.replace("scan: pages\n", "scan: pages\n  pin: issues of payload.issueKey\n")
    for run in honest.ledger.runs.values():
        run.parents["issue/WEB-7"] = "issue/2007"
    honest.call(resolver="pin", given={"issueKey": "WEB-7"})
    read(honest, "/rest/api/3/issue/WEB-7", "issue/2007")
    assert honest.broken() == {}


@pytest.mark.parametrize(("given", "asked"), [(True, "true"), (7.5, "7.5"), ("odd", "odd")])
def test_a_payload_that_is_no_id_names_what_it_spells_in_a_path(byline: Any, given: object, asked: str) -> None:
    byline.call(resolver="look", given={"pageId": given})
    read(byline, f"/wiki/api/v2/pages/{asked}", status=404)
    assert byline.broken() == {}


@pytest.mark.parametrize("asked", ["undefined", "null", "None", "NaN", "%5Bobject%20Object%5D"])
def test_an_app_that_is_not_told_what_to_read_asks_for_nothing(byline: Any, asked: str) -> None:
    byline.call(resolver="look", given={})
    read(byline, f"/wiki/api/v2/pages/{asked}", status=404)
    read(byline, PAGES.format(asked), op=LIST, status=404)
    assert byline.broken() == {}
    read(byline, f"/wiki/api/v2/pages/{asked}", "page/103")
    assert why(byline) == "look asks for page/103, which is none of its pages"
