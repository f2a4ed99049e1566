"""Answers have the documented shape, say what they show, and keep silent about the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.products.jira.fields import CATALOGUE
from forgesim.site.blank import ISSUE_BLANKS, IssueBlank, empty_issue
from forgesim.site.jira_model import RANK_FIELD, SPRINT_FIELD, STORY_POINTS_FIELD
from forgesim.site.model import Site

Ask = Callable[..., Any]
A3, AG, SW = "/rest/api/3", "/rest/agile/1.0", "/rest/software/1.0"
OWN = {"customfield_10100", "customfield_10101", "customfield_10102"}
USER = {"self", "accountId", "avatarUrls", "displayName", "active", "timeZone", "accountType"}


def test_an_issue_has_every_field_of_the_catalogue_in_its_shape(ask: Ask) -> None:
    got = ask("GET", f"{A3}/issue/open-2")
    assert (got.json["id"], got.json["key"]) == ("1002", "OPEN-2")
    fields = got.json["fields"]
    assert set(fields) == {*CATALOGUE, *OWN}
    assert set(fields["assignee"]) == USER
    assert fields["status"]["statusCategory"]["key"] == "indeterminate"
    assert fields["created"] == "2025-12-18T09:00:00.000+0000"
    assert fields["description"]["content"][1]["content"] == [{"type": "text", "text": "second"}]
    assert fields["parent"]["key"] == "OPEN-6"
    assert set(fields["parent"]["fields"]) == {"summary", "status", "priority", "issuetype"}
    assert fields[STORY_POINTS_FIELD] == 5.0
    assert [each["id"] for each in fields[SPRINT_FIELD]] == [1, 2]
    assert set(fields[SPRINT_FIELD][1]) == {"id", "name", "state", "boardId", "goal", "startDate", "endDate"}
    assert set(got.reads) == {
        "issue/1002", "issue/1006", "project/10", "sprint/1", "sprint/2", "user/712020:bob", "user/712020:alice",
    }  # fmt: skip
    assert got.headers["x-aaccountid"] == "712020:alice"


def test_a_parent_is_absent_where_there_is_none(ask: Ask) -> None:
    assert "parent" not in ask("GET", f"{A3}/issue/OPEN-1").json["fields"]


def test_a_missing_priority_is_null_wherever_it_is_shown(ask: Ask) -> None:
    assert ask("GET", f"{A3}/issue/OPEN-6?fields=priority").json["fields"] == {"priority": None}
    assert ask("GET", f"{A3}/issue/OPEN-2").json["fields"]["parent"]["fields"]["priority"] is None
    (found,) = ask("POST", f"{A3}/search/jql", {"jql": "priority is EMPTY", "fields": ["priority"]}).json["issues"]
    assert found["fields"] == {"priority": None}


@pytest.mark.parametrize("field", ISSUE_BLANKS)
def test_an_emptied_field_is_answered_as_null_or_empty_or_not_at_all(ask: Ask, site: Site, field: IssueBlank) -> None:
    empty_issue(site.issues["1002"], field)
    fields = ask("GET", f"{A3}/issue/OPEN-2").json["fields"]
    name = {"sprint": SPRINT_FIELD, "estimate": STORY_POINTS_FIELD, "comments": "comment"}.get(field, field)
    assert fields.get(name) in (None, []) or fields[name]["comments"] == []
    changed = [item["fieldId"] for each in ask("GET", f"{A3}/issue/OPEN-2/changelog").json["values"]
               for item in each["items"]]  # fmt: skip
    assert name not in changed


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ("summary,labels", {"summary", "labels"}),
        ("summary&fields=labels", {"summary", "labels"}),
        ("*all,-comment,-worklog", {*CATALOGUE, *OWN} - {"comment", "worklog"}),
        ("-summary", {*CATALOGUE, *OWN} - {"summary"}),
        ("*navigable", {id_ for id_, info in CATALOGUE.items() if info["navigable"]} | OWN),
        ("sprint,nonsense,summary", {"summary"}),
    ],
)
def test_fields_are_chosen(ask: Ask, asked: str, fields: set[str]) -> None:
    found = set(ask("GET", f"{A3}/issue/OPEN-2?fields={asked}").json["fields"])
    assert found == fields


def test_only_what_is_shown_counts_as_read(ask: Ask) -> None:
    assert ask("GET", f"{A3}/issue/OPEN-2?fields=summary").reads == ("issue/1002",)
    assert ask("GET", f"{A3}/issue/OPEN-5?fields=comment").reads == ("issue/1005", "comment/901", "user/712020:bob")
    assert ask("POST", f"{A3}/search/jql", {"jql": "sprint = 1"}).reads == ("issue/1002", "issue/1001")
    assert ask("GET", f"{A3}/field").reads == ()


def test_a_search_shows_ids_unless_more_is_asked(ask: Ask) -> None:
    def item(fields: list[str]) -> dict[str, Any]:
        found = ask("POST", f"{A3}/search/jql", {"jql": "key = OPEN-1", "fields": fields}).json
        assert set(found) == {"issues", "isLast"}
        return found["issues"][0]  # type: ignore[no-any-return]

    assert item([]) == {"id": "1001"}
    assert set(item(["key"])) == {"expand", "id", "self", "key"}
    assert item(["summary"])["fields"] == {"summary": "Summary OPEN-1"}


def test_a_changelog_goes_from_old_to_new_and_an_expanded_one_back(ask: Ask) -> None:
    page = ask("GET", f"{A3}/issue/OPEN-2/changelog").json
    assert set(page) == {"self", "maxResults", "startAt", "total", "isLast", "values"}
    planned, begun, moved = page["values"]
    assert planned["items"] == [
        {"field": "Sprint", "fieldtype": "custom", "fieldId": SPRINT_FIELD, "from": "", "fromString": "", "to": "1",
         "toString": "One"},
    ]  # fmt: skip
    assert begun["items"][0] == {
        "field": "status", "fieldtype": "jira", "fieldId": "status", "from": "10000", "fromString": "To Do", "to": "3",
        "toString": "In Progress",
    }  # fmt: skip
    assert begun["items"][1]["toString"] == "Bob"
    assert (moved["items"][0]["to"], moved["items"][0]["toString"]) == ("1, 2", "One, Two")
    histories = ask("GET", f"{A3}/issue/OPEN-2?fields=key&expand=changelog").json["changelog"]["histories"]
    assert histories == page["values"][::-1]


def test_bulk_changelogs_take_fields_and_give_numbers_as_times(ask: Ask) -> None:
    body = {"issueIdsOrKeys": ["OPEN-2"], "fieldIds": ["status"]}
    (log,) = ask("POST", f"{A3}/changelog/bulkfetch", body).json["issueChangeLogs"]
    assert log["issueId"] == "1002"
    (entry,) = log["changeHistories"]
    assert isinstance(entry["created"], int)
    assert [item["field"] for item in entry["items"]] == ["status"]


def test_boards_and_sprints(ask: Ask) -> None:
    board = ask("GET", f"{AG}/board/1").json
    assert (board["id"], board["type"], board["location"]["projectId"]) == (1, "scrum", 10)
    setup = ask("GET", f"{AG}/board/1/configuration").json
    assert setup["estimation"]["field"]["fieldId"] == STORY_POINTS_FIELD
    assert [each["name"] for each in setup["columnConfig"]["columns"]] == ["To Do", "In Progress", "Done"]
    assert f"customfield_{setup['ranking']['rankCustomFieldId']}" == RANK_FIELD
    closed, active, future = ask("GET", f"{AG}/board/1/sprint").json["values"]
    assert closed["completeDate"] == "2025-12-31T09:00:00.000Z"
    assert set(active) == set(closed) - {"completeDate"}
    assert set(future) == {"id", "self", "state", "name", "originBoardId", "goal", "createdDate"}
    assert [each["id"] for each in ask("GET", f"{AG}/board/1/sprint?state=active,future").json["values"]] == [2, 3]
    assert ask("GET", f"{AG}/board/1/sprint?state=asleep").status == 400
    assert ask("GET", f"{AG}/board/3/sprint").status == 400
    assert [each["id"] for each in ask("GET", f"{AG}/board?type=scrum&projectKeyOrId=OPEN").json["values"]] == [1]


def test_agile_issues_have_the_fields_of_jira_software(ask: Ask) -> None:
    page = ask("GET", f"{SW}/sprint/2/issue?fields=sprint,closedSprints,flagged,epic").json
    assert [each["key"] for each in page["issues"]] == ["OPEN-2", "OPEN-3"]
    fields = page["issues"][0]["fields"]
    assert fields["sprint"]["id"] == 2
    assert [each["id"] for each in fields["closedSprints"]] == [1]
    assert fields["epic"]["id"] == 1006
    assert fields["flagged"] is False
    assert page["issues"][1]["fields"]["epic"] is None


def test_boards_and_backlogs_leave_out_what_they_should(ask: Ask) -> None:
    keys = [each["key"] for each in ask("GET", f"{AG}/board/1/issue?fields=key").json["issues"]]
    assert keys == ["OPEN-1", "OPEN-2", "OPEN-3", "OPEN-4", "OPEN-5"]
    assert ask("GET", f"{SW}/board/1/backlog?fields=key").keys == ["OPEN-5"]
    assert ask("GET", f"{SW}/board/1/issue?fields=key&jql=status=Done").keys == ["OPEN-1"]
    assert ask("GET", f"{SW}/epic/OPEN-6/issue").keys == ["OPEN-2"]
    assert ask("GET", f"{SW}/epic/OPEN-5/issue").status == 404
    assert ask("GET", f"{SW}/board/1/epic/none/issue").keys == ["OPEN-1", "OPEN-3", "OPEN-4", "OPEN-5"]


def test_estimates_are_text(ask: Ask) -> None:
    assert ask("GET", f"{AG}/issue/OPEN-2/estimation?boardId=1").json == {"fieldId": STORY_POINTS_FIELD, "value": "5.0"}
    assert ask("GET", f"{AG}/issue/OPEN-3/estimation?boardId=1").json == {"fieldId": STORY_POINTS_FIELD}
    assert ask("GET", f"{AG}/issue/OPEN-2/estimation").status == 400


@pytest.mark.parametrize("value", [10**400, -1, "many", [], {}, "nan"], ids=["huge", "-1", "text", "[]", "{}", "nan"])
def test_what_is_no_estimate_is_refused(ask: Ask, value: object) -> None:
    assert ask("PUT", f"{AG}/issue/OPEN-2/estimation?boardId=1", {"value": value}).status == 400


def test_the_sprint_field_is_found_by_its_kind(ask: Ask) -> None:
    kinds = {each["schema"].get("custom", ""): each["id"] for each in ask("GET", f"{A3}/field").json}
    assert kinds["com.pyxis.greenhopper.jira:gh-sprint"] == SPRINT_FIELD
    assert kinds["com.pyxis.greenhopper.jira:gh-lexo-rank"] == RANK_FIELD


def test_me_and_the_app(ask: Ask) -> None:
    assert ask("GET", f"{A3}/myself", by="bob").json["displayName"] == "Bob"
    assert ask("GET", f"{A3}/myself", by="app").json["accountType"] == "app"
    assert "emailAddress" not in ask("GET", f"{A3}/myself").json
    assert ask("GET", f"{A3}/mypreferences/locale", by="bob").json == {"locale": "en_US"}
    assert ask("GET", f"{A3}/mypreferences/locale", by="nobody").status == 403
    assert ask("GET", f"{A3}/user?accountId=712020:none").status == 404
    page = ask("GET", f"{A3}/user/bulk?accountId=712020:bob&accountId=712020:none").json
    assert [each["displayName"] for each in page["values"]] == ["Bob"]


def test_the_site_tells_its_time_to_anybody(ask: Ask) -> None:
    assert ask("GET", f"{A3}/serverInfo", by="nobody").json["serverTime"] == "2026-01-05T09:00:00.000+0000"


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("POST", f"{AG}/sprint/3/swap", "POST /rest/agile/1.0/sprint/{sprintId}/swap"),
        ("GET", f"{A3}/dashboard", "GET /rest/api/3/dashboard"),
        ("POST", f"{A3}/issue/OPEN-1/notify", "POST /rest/api/3/issue/{issueIdOrKey}/notify"),
        ("GET", f"{A3}/statuses/search?projectId=10", "projectId"),
        ("GET", f"{SW}/sprint/1/issue?validateQuery=none", "validateQuery=none"),
    ],
)
def test_the_rest_is_a_501_with_its_name(ask: Ask, method: str, path: str, names: str) -> None:
    got = ask(method, path)
    assert got.status == 501
    assert names in got.unsupported


@pytest.mark.parametrize("path", [f"{AG}/board/x", f"{AG}/sprint/{'9' * 30}", f"{AG}/board/%C2%B2"])
def test_an_id_that_is_none_is_a_400(ask: Ask, path: str) -> None:
    assert ask("GET", path).status == 400


def test_people_without_a_name_do_not_break_an_answer(ask: Ask, site: Site) -> None:
    site.issues["1002"].assignee = "712020:deleted"
    got = ask("GET", f"{A3}/issue/OPEN-2?fields=assignee")
    assert got.json["fields"]["assignee"]["displayName"] == "Former user"
    assert got.reads == ("issue/1002",)
