"""Walking the pages, by offset and by token, shows each item once, in order, whatever the page size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.site.model import Site

Ask = Callable[..., Any]
A3, AG, SW = "/rest/api/3", "/rest/agile/1.0", "/rest/software/1.0"
ANY_SIZE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def crowd(site: Site, count: int) -> None:
    """So many issues in sprint 2, each with an id and a key of its own."""
    model = site.issues["1003"]
    for number in range(100, 100 + count):
        site.issues[str(5000 + number)] = type(model)(
            id=str(5000 + number), key=f"OPEN-{number}", project_id="10", type_id="10002", summary=str(number),
            creator="712020:alice", created_at=EPOCH_MS, updated_at=EPOCH_MS, status_changed_at=EPOCH_MS, sprints=(2,),
        )  # fmt: skip


def by_offset(ask: Ask, path: str, items: str, size: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(400):
        page = ask("GET", f"{path}{'&' if '?' in path else '?'}startAt={len(found)}&maxResults={size}").json
        assert (page["startAt"], page["maxResults"]) == (len(found), size)
        assert len(page[items]) <= size
        found += page[items]
        if len(found) == page["total"]:
            assert page.get("isLast", True)
            return found
        assert page.get("isLast") is not True
    raise AssertionError("the walk does not end")


def by_token(ask: Ask, path: str, size: int) -> list[str]:
    found: list[str] = []
    token = ""
    for _ in range(400):
        page = ask("GET", f"{path}{'&' if '?' in path else '?'}maxResults={size}{token}").json
        assert len(page["issues"]) <= size
        found += [each["id"] for each in page["issues"]]
        assert page["isLast"] == ("nextPageToken" not in page)
        if page["isLast"]:
            return found
        token = f"&nextPageToken={page['nextPageToken']}"
    raise AssertionError("the walk does not end")


@ANY_SIZE
@given(st.integers(1, 40), st.integers(0, 30))
def test_both_generations_show_the_same_issues(ask: Ask, site: Site, size: int, count: int) -> None:
    for each in [key for key in site.issues if int(key) > 5000]:
        del site.issues[each]
    crowd(site, count)
    for path in ("sprint/2/issue", "board/1/issue", "board/1/backlog", "board/1/sprint/2/issue"):
        old = [each["id"] for each in by_offset(ask, f"{AG}/{path}?fields=summary", "issues", size)]
        assert by_token(ask, f"{SW}/{path}?fields=summary", size) == old
        assert len(set(old)) == len(old)
    assert len(by_token(ask, f"{SW}/sprint/2/issue", size)) == count + 2
    assert len(by_token(ask, f"{A3}/search/jql?jql=sprint=2", size)) == count + 2
    assert ask("GET", f"{SW}/board/1/issue/approximate-count").json == {"count": count + 5}


@ANY_SIZE
@given(st.integers(1, 5))
def test_offset_lists_are_walked_whole(ask: Ask, size: int) -> None:
    assert [each["id"] for each in by_offset(ask, f"{AG}/board/1/sprint", "values", size)] == [1, 2, 3]
    assert [each["id"] for each in by_offset(ask, f"{AG}/board", "values", size)] == [1, 2, 3]
    assert [each["id"] for each in by_offset(ask, f"{A3}/issue/OPEN-2/changelog", "values", size)] == ["71", "72", "73"]
    assert len(by_offset(ask, f"{A3}/field/search", "values", size)) == len(ask("GET", f"{A3}/field").json)


def test_next_page_is_an_address_that_leads_on(ask: Ask) -> None:
    page = ask("GET", f"{A3}/issue/OPEN-2/changelog?maxResults=2").json
    assert page["nextPage"].startswith("https://test.example.org/rest/api/3/issue/OPEN-2/changelog?")
    rest = ask("GET", page["nextPage"].removeprefix("https://test.example.org")).json
    assert [each["id"] for each in rest["values"]] == ["73"]
    assert "nextPage" not in rest


def test_the_size_in_force_is_told(ask: Ask, site: Site) -> None:
    crowd(site, 150)
    assert ask("GET", f"{A3}/project/search?maxResults=1000").json["maxResults"] == 100
    assert ask("GET", f"{AG}/sprint/2/issue?maxResults=9999").json["maxResults"] == 100
    with_fields = ask("POST", f"{A3}/search/jql", {"jql": "sprint = 2", "fields": ["summary"], "maxResults": 5000}).json
    assert len(with_fields["issues"]) == 100
    bare = ask("POST", f"{A3}/search/jql", {"jql": "sprint = 2", "maxResults": 5000}).json
    assert len(bare["issues"]) == 152
    assert set(bare["issues"][0]) == {"id"}


def test_a_token_belongs_to_its_query_and_its_caller(ask: Ask) -> None:
    token = ask("GET", f"{A3}/search/jql?jql=project=OPEN&maxResults=2").json["nextPageToken"]
    assert ask("GET", f"{A3}/search/jql?jql=project=OPEN&maxResults=3&nextPageToken={token}").status == 200
    assert ask("GET", f"{A3}/search/jql?jql=sprint=2&nextPageToken={token}").status == 400
    assert ask("GET", f"{A3}/search/jql?jql=project=OPEN&nextPageToken={token}", by="bob").status == 400
    assert ask("GET", f"{SW}/sprint/2/issue?nextPageToken={token}").status == 400


def test_an_issue_that_goes_on_the_way_hides_no_other(ask: Ask, site: Site) -> None:
    first = ask("GET", f"{A3}/search/jql?jql=project=OPEN&maxResults=3").json
    shown = [each["id"] for each in first["issues"]]
    del site.issues[shown[-1]]
    rest = ask("GET", f"{A3}/search/jql?jql=project=OPEN&nextPageToken={first['nextPageToken']}").json
    assert sorted(shown + [each["id"] for each in rest["issues"]]) == [f"100{number}" for number in range(1, 7)]


@ANY_SIZE
@given(st.integers(1, 6))
def test_bulk_changelogs_are_walked_whole_in_order_of_time(ask: Ask, size: int) -> None:
    found: list[tuple[int, str]] = []
    body: dict[str, Any] = {"issueIdsOrKeys": ["OPEN-1", "OPEN-2", "1002"], "maxResults": size}
    while True:
        page = ask("POST", f"{A3}/changelog/bulkfetch", body).json
        entries = [(each["created"], each["id"]) for log in page["issueChangeLogs"] for each in log["changeHistories"]]
        found += sorted(entries)
        if "nextPageToken" not in page:
            break
        body["nextPageToken"] = page["nextPageToken"]
    assert [id_ for _, id_ in found] == ["71", "72", "74", "73"]
    assert found == sorted(found)


@pytest.mark.parametrize(
    "query", ["startAt=-1", "startAt=x", "maxResults=1.5", "nextPageToken=abc", "nextPageToken=%00"]
)
def test_a_malformed_page_is_a_400(ask: Ask, query: str) -> None:
    path = f"{SW}/sprint/2/issue" if "Token" in query else f"{AG}/sprint/2/issue"
    assert ask("GET", f"{path}?{query}").status == 400
