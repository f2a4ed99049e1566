"""A test may edit its site between two calls, and the next call finds what it made of it."""

from __future__ import annotations

from typing import Any

from forgesim.site.model import Label
from tests.conftest import MANIFEST

SCOPES = '["read:jira-work", "search:confluence", "read:content-details:confluence", "storage:app"]'
SEARCHES = """\
@resolver.define("call")
async def call(request):
    at = route("/rest/api/3/search/jql", query={"jql": "labels = fresh", "fields": "key"})
    issues = (await (await api.as_user().request_jira(at)).json())["issues"]
    at = route("/wiki/rest/api/content/search", query={"cql": "label = fresh"})
    pages = (await (await api.as_user().request_confluence(at)).json())["results"]
    return [len(issues), len(pages)]
"""


def test_searches_find_labels_that_a_test_gives(forge: Any, make_app: Any) -> None:
    scopes = MANIFEST.replace('[read:page:confluence, read:space:confluence, "storage:app"]', SCOPES)
    app = forge.install(make_app(SEARCHES, manifest=scopes), forge.site("demo"))
    found = [app.invoke("call")]
    for issue in list(app.site.issues.values())[:2]:
        issue.labels = ("fresh",)
        found.append(app.invoke("call"))
    page = app.site.pages[app.site.variables["page"]]
    page.labels.append(Label(id="990001", name="fresh"))
    assert [*found, app.invoke("call")] == [[0, 0], [1, 0], [2, 0], [2, 1]]
