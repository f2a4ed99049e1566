"""What a board shows costs what its project holds, whatever else the site has: looks at issues are counted."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from forgesim.products.jira.service import Jira
from forgesim.scopes.table import find
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_model import Issue
from forgesim.site.model import Site
from forgesim.site.scale import generate


class Counted(dict[str, Issue]):
    """The issues of a site, which count how many of them have been looked up or passed in a row."""

    looks = 0

    def __getitem__(self, key: str) -> Issue:
        self.looks += 1
        return super().__getitem__(key)

    def values(self) -> Any:
        self.looks += len(self)
        return super().values()


def asked(product: Jira, site: Site, url: str) -> Any:
    where = urlsplit(url)
    match = find("jira", "GET", where.path)
    assert match is not None
    got = product.perform(
        match.operation, match.params, parse_qsl(where.query), b"", account=APP_ACCOUNT, now_ms=site.clock_ms
    )
    assert got.answer.status == 200, got.answer
    return json.loads(got.answer.body)


SITE = generate(pages=1, issues=2_000, seed=4)
SIZES = Counter(issue.project_id for issue in SITE.issues.values())
SMALL = min((b for b in SITE.boards.values() if b.kind == "scrum" and SITE.projects[b.project_id].viewers is None),
            key=lambda board: SIZES[board.project_id])  # fmt: skip


@pytest.mark.parametrize("path", ["issue", "backlog", "epic", "epic/none/issue", "issue?jql=status=Done"])
def test_a_boards_list_looks_at_the_issues_of_its_project_alone(path: str) -> None:
    SITE.issues = counted = Counted(SITE.issues)
    product = Jira(SITE)
    project = SITE.projects[SMALL.project_id].key
    asked(product, SITE, f"/rest/agile/1.0/board/{SMALL.id}/epic?maxResults=1")
    asked(product, SITE, f"/rest/api/3/search/jql?jql=project={project}%20AND%20status=Done&maxResults=1")
    counted.looks = 0
    assert asked(product, SITE, f"/rest/agile/1.0/board/{SMALL.id}/{path}").get("total") != 0
    assert 0 < counted.looks < 4 * SIZES[SMALL.project_id] < len(counted)


def test_a_boards_issues_are_those_of_its_project_but_for_epics() -> None:
    product, total = Jira(SITE), 1
    found: list[str] = []
    while len(found) < total:
        page = asked(product, SITE, f"/rest/agile/1.0/board/{SMALL.id}/issue?startAt={len(found)}&fields=summary")
        found += [issue["id"] for issue in page["issues"]]
        total = page["total"]
    inside = [i for i in SITE.issues.values() if i.project_id == SMALL.project_id and i.type_id != "10000"]
    assert sorted(found) == sorted(issue.id for issue in inside)
