"""What JQL finds in the less common fields, in texts and in the past, by hand; and how it says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.site.jira_model import IN_PROGRESS, TO_DO, Change, IssueComment, Item
from forgesim.site.jira_parts import (
    Component,
    IssueLink,
    ProjectVersion,
    SecurityLevel,
    SecurityScheme,
    Visibility,
    Worklog,
)
from forgesim.site.model import Site

Ask = Callable[..., Any]
DAY = 86_400_000
ALICE, BOB, DAN = "712020:alice", "712020:bob", "712020:dan"


@pytest.fixture
def ask(site: Site, ask: Ask) -> Ask:
    """The site of the other tests, with more in OPEN-3 and 5, and other things in OPEN-4.

    The start is Monday, 5 January 2026, 9 o'clock in UTC.

    OPEN-4 went to progress 10 days ago by bob, back 8 days ago by alice, and was bob's for those days; it was fixed
    for 1.0, then for 2.0.
    """
    issues, project = site.issues, site.projects["10"]
    project.components, project.category = [Component(id="51", name="Engine")], "Tools"
    project.versions = [ProjectVersion(id="61", name="1.0", released=True), ProjectVersion(id="62", name="2.0")]
    site.users[BOB].groups = ["staff"]
    site.jira.security_schemes["81"] = SecurityScheme(
        id="81", name="S", levels=(SecurityLevel(id="82", name="Inner", members=(f"user:{ALICE}",)),)
    )
    site.projects["20"].security_id, issues["2001"].security_id = "81", "82"
    three, four, five = issues["1003"], issues["1004"], issues["1005"]
    three.components, three.affects, three.voters = ("51",), ("61",), (BOB,)
    three.watchers, three.original_seconds, three.remaining_seconds = (ALICE, BOB), 2 * 8 * 3600, 3600
    three.environment, three.links = (
        "Linux, staging",
        (IssueLink("71", "10000", "1004"), IssueLink("72", "10003", "2001")),
    )
    three.worklogs = (
        Worklog(id="91", author=BOB, created_at=EPOCH_MS, started_at=EPOCH_MS - 2 * DAY, seconds=1800,
                comment="refuelled"),
        Worklog(id="92", author=DAN, created_at=EPOCH_MS, started_at=EPOCH_MS - 9 * DAY, seconds=60,
                visibility=Visibility("group", "nobodies")),
    )  # fmt: skip
    four.components, four.watchers, four.voters, four.links, four.worklogs = (), (), (), (), ()
    four.original_seconds = four.remaining_seconds = None
    four.fix_versions = ("62",)
    four.changes = [
        Change("75", EPOCH_MS - 10 * DAY, BOB, (Item("status", TO_DO, IN_PROGRESS), Item("assignee", None, BOB))),
        Change("76", EPOCH_MS - 9 * DAY, BOB, (Item("fixVersions", "61", "62"),)),
        Change("77", EPOCH_MS - 8 * DAY, ALICE, (Item("status", IN_PROGRESS, TO_DO), Item("assignee", BOB, None))),
    ]
    five.summary, five.description = "The motor stalls", {
        "type": "doc", "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Only at full load"}]}],
    }  # fmt: skip
    five.comments.append(
        IssueComment(id="902", author=BOB, created_at=EPOCH_MS, body="hush", visibility=Visibility("group", "nobodies"))
    )
    return ask


def keys(ask: Ask, jql: str, by: str = "alice") -> str:
    got = ask("POST", "/rest/api/3/search/jql", {"jql": jql, "fields": ["key"], "maxResults": 100}, by=by)
    assert got.status == 200, got.json
    return " ".join(sorted(key.replace("OPEN-", "") for key in got.keys))


MEANS = [
    ("component = engine", "3"),
    ("component is EMPTY and project = OPEN", "1 2 4 5 6"),
    ("component != 51", ""),
    ("fixVersion = 2.0", "4"),
    ("fixVersion in unreleasedVersions()", "4"),
    ("affectedVersion in releasedVersions(OPEN)", "3"),
    ("affectedVersion = 1.0 and fixVersion is empty", "3"),
    ("category = tools and key = OPEN-1", "1"),
    ("level = Inner", "SEC-1"),
    ("project = OPEN and level is not empty", ""),
    ("voter = currentUser()", ""),
    ("voter = '712020:bob'", "3"),
    ("watcher in membersOf(staff)", "3"),
    ("assignee in membersOf('STAFF')", "1 2"),
    ("votes > 0", "3"),
    ("watchers >= 2", "3"),
    ("watchers = 0 and sprint = 2", "2"),
    ("hierarchyLevel = 1", "6"),
    ("originalEstimate >= 2d", "3"),
    ("originalEstimate < '1d 8h'", ""),
    ("remainingEstimate = 60", "3"),
    ("timespent = 31m", "3"),
    ("timespent is empty and sprint = 2", "2"),
    ("worklogAuthor = '712020:bob'", "3"),
    ("worklogAuthor = '712020:dan'", ""),
    ("worklogDate = 2026-01-03", "3"),
    ("worklogDate < 2026-01-01", ""),
    ("worklogComment ~ refuel*", "3"),
    ("issueLinkType = blocks", "3 4"),
    ("issueLinkType = 'is blocked by'", "4"),
    ("issueLinkType is not empty", "3 4 SEC-1"),
    ("key in linkedIssues(OPEN-3)", "4 SEC-1"),
    ("key in linkedIssues(OPEN-3, blocks)", "4"),
    ("key in linkedIssues(OPEN-4, 'is blocked by')", "3"),
    ("key not in linkedIssues(OPEN-3) and sprint = 2", "2 3"),
    ("key in watchedIssues()", "3"),
    ("key in votedIssues()", ""),
    ("key in updatedBy('712020:bob')", "1 2 4 5"),
    ("key in updatedBy('712020:bob', -9d, -8d) ", "4"),
    ("statusCategoryChangedDate >= -15d and project = OPEN", "5 6"),
    ("summary ~ motor", "5"),
    ("summary ~ 'MOTOR stall?'", "5"),
    ("summary ~ '\"motor the\"'", ""),
    ("summary !~ summary and project = OPEN", "5"),
    ("description ~ 'full load'", "5"),
    ("description !~ second", "5"),
    ("description is EMPTY and project = OPEN", "1 3 4 6"),
    ("environment ~ linux", "3"),
    ("environment is not EMPTY", "3"),
    ("comment ~ word", "5"),
    ("comment ~ hush", ""),
    ("text ~ second or text ~ staging or text ~ word", "2 3 5"),
    ("text ~ hush", ""),
    ("created >= startOfDay(-16d) and project = OPEN", "4 5 6"),
    ("created > startOfWeek(-2w) and project = OPEN", "5 6"),
    ("status was 'In Progress'", "2 4"),
    ("status was 'In Progress' and status = 'To Do'", "4"),
    ("status was in (Done, 'In Progress')", "1 2 4"),
    ("project = OPEN and status was not 'To Do'", ""),
    ("project = OPEN and status was not in (Done, 'In Progress')", "3 5 6"),
    ("status was 'In Progress' ON 2025-12-27", "2 4"),
    ("status was 'In Progress' ON 2026-01-02", "2"),
    ("status was 'In Progress' BEFORE 2025-12-25", "2"),
    ("status was 'In Progress' AFTER -3d", "2"),
    ("status was 'In Progress' DURING (2025-12-20, 2025-12-26)", "2 4"),
    ("status was 'In Progress' BY '712020:alice'", ""),
    ("status was 'In Progress' BY '712020:bob' BEFORE 2026-01-01", "2 4"),
    ("assignee was '712020:bob'", "1 2 4"),
    ("assignee was EMPTY and sprint in (2, 3)", "2 3 4"),
    ("assignee was not EMPTY and project = OPEN", "1"),
    ("priority was Highest", "4"),
    ("resolution was Unresolved and sprint = 1", "1 2"),
    ("fixVersion was 1.0", "4"),
    ("status changed", "1 2 4"),
    ("status changed FROM 'In Progress'", "4"),
    ("status changed FROM ('To Do', Done) TO 'In Progress'", "2 4"),
    ("status changed TO Done BY '712020:bob'", "1"),
    ("status changed BY currentUser()", "4"),
    ("status changed AFTER -9d", "4"),
    ("status changed BEFORE 2025-12-25", "1 2"),
    ("status changed ON 2025-12-26", "4"),
    ("status changed DURING (-11d, -9d) AND sprint = 3", "4"),
    ("assignee changed TO EMPTY", "4"),
    ("NOT status changed AND project = OPEN", "3 5 6"),
    ("NOT status was 'In Progress' AND sprint = 1", "1"),
]


@pytest.mark.parametrize(("jql", "found"), MEANS, ids=[each[0] for each in MEANS])
def test_a_query_means(ask: Ask, jql: str, found: str) -> None:
    assert keys(ask, jql) == found


@pytest.mark.parametrize(
    ("jql", "says"),
    [
        ("summary was x", "History searches do not support the 'summary' field"),
        ("sprint changed", "History searches do not support the 'sprint' field"),
        ("status was Sleeping", "The value 'Sleeping' does not exist for the field 'status'"),
        ("status was Done FROM 'To Do'", "The predicate 'from' is not supported by the operator 'was'"),
        ("status changed DURING 2026-01-01", "The predicate 'during' takes two dates"),
        ("status changed ON (2026-01-01, 2026-01-02)", "The predicate 'on' takes one date"),
        ("status changed BY '712020:nobody'", "The value '712020:nobody' does not exist"),
        ("status changed AFTER yesterday", "Date value 'yesterday'"),
        ("status was", "Expecting a value before the end"),
        ("summary = x", "The operator '=' is not supported by the 'summary' field"),
        ("text is EMPTY", "The operator 'is' is not supported by the 'text' field"),
        ("status ~ Done", "The operator '~' is not supported by the 'status' field"),
        ("summary ~ '*x'", "not allowed as the first character"),
        ("summary ~ ''", "there is no word to look for"),
        ("component = Nothing", "The value 'Nothing' does not exist for the field 'component'"),
        ("timespent > long", "Duration value 'long'"),
        ("assignee in membersOf(nobodies)", "the group does not exist"),
        ("key in linkedIssues(OPEN-99)", "An issue with key 'OPEN-99' does not exist"),
        ("key in linkedIssues(OPEN-3, hates)", "Issue link type 'hates' could not be found"),
        ("created > startOfDay(-1x)", "Date value 'startOfDay"),
    ],
)
def test_a_wrong_query_is_a_400(ask: Ask, jql: str, says: str) -> None:
    got = ask("POST", "/rest/api/3/search/jql", {"jql": jql})
    assert (got.status, set(got.json)) == (400, {"errorMessages", "errors"})
    assert says in got.json["errorMessages"][0]


def test_the_index_is_true_after_a_write(ask: Ask) -> None:
    assert keys(ask, "labels = fresh") == ""
    assert ask("PUT", "/rest/api/3/issue/OPEN-5", {"fields": {"labels": ["fresh"]}}).status == 204
    assert keys(ask, "labels = fresh") == "5"
    assert ask("POST", "/rest/agile/1.0/sprint/3/issue", {"issues": ["OPEN-5"]}).status == 204
    assert keys(ask, "sprint = 3") == "4 5"
    assert ask("DELETE", "/rest/api/3/issue/OPEN-5").status == 204
    assert keys(ask, "sprint = 3 or labels = fresh") == "4"


def test_a_query_counts_and_names_what_the_caller_may_see(ask: Ask) -> None:
    assert keys(ask, "issueLinkType is not empty", by="bob") == "3 4"
    assert keys(ask, "key in linkedIssues(OPEN-3)", by="bob") == "4"
    assert keys(ask, "issueLinkType = 'relates to'", by="bob") == ""
    assert keys(ask, "issueLinkType = 'relates to'") == "3 SEC-1"
