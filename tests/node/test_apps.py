"""Small apps on Atlassian's own packages run as they are, over the gateway and the ledger that Python apps have."""

from __future__ import annotations

import pytest
from tests.node.conftest import MakeApp

from forgesim.errors import AppError
from forgesim.testing.kit import Forge, InstalledApp

pytestmark = pytest.mark.node

OLD = {"@forge/api": "forge-api-3", "@forge/resolver": "@forge/resolver", "@esbuild": "@esbuild"}


def _channels(app: InstalledApp) -> list[tuple[str, str, bool]]:
    asked = (crossing.decided for crossing in app.ledger.crossings)
    return [(each.channel, each.verb, each.decision.allow) for each in asked if each.channel != "result"]


def test_a_resolver_in_typescript_reads_a_page_and_stores_a_number(forge: Forge, js_app: MakeApp) -> None:
    app = forge.install(js_app("notes"), forge.site("demo", seed=1))

    counted = app.invoke("count", {"pageId": "$page"})

    assert counted["words"] > 10
    assert counted["by"] == next(iter(app.site.users))
    assert app.invoke("counted", {"pageId": "$page"}) == {"words": counted["words"]}
    assert _channels(app) == [("confluence", "GET", True), ("kvs", "set", True), ("kvs", "get", True)]


def test_what_the_viewer_may_not_read_is_refused(forge: Forge, js_app: MakeApp) -> None:
    app = forge.install(js_app("notes"), forge.site("demo", seed=1))

    with pytest.raises(AppError, match="Confluence answered 404"):
        app.invoke("count", {"pageId": "999999999"})


def test_queue_and_schedule_run_in_virtual_time(forge: Forge, js_app: MakeApp) -> None:
    app = forge.install(js_app("jobs"), forge.site("demo", seed=1), warm=True)

    app.wait(24 * 3600 * 1000 + 1)

    pushed = [crossing for crossing in app.ledger.crossings if crossing.decided.channel == "queue"]
    done = [c.decided.body for c in app.ledger.crossings if (c.decided.channel, c.decided.verb) == ("kvs", "set")]
    logs = [c.decided.body for c in app.ledger.crossings if c.decided.channel == "log"]
    assert len(pushed) == 1
    assert [str(b and b.text) for b in done] == [
        '{"key":"done","value":{"jobs":1}}',
        '{"key":"done","value":{"jobs":2}}',
    ]
    # Each handler file is a module instance of its own, which lives as long as its process.
    assert [str(b and b.text) for b in logs] == ["pushed 1", "worked 1", "worked 2"]


def test_an_older_generation_comes_by_https_request(forge: Forge, js_app: MakeApp) -> None:
    app = forge.install(js_app("watch", OLD), forge.site("demo", seed=1))
    page = next(iter(app.site.pages))

    for _ in range(2):
        app.invoke("seen", {"content": {"id": page}})

    assert app.invoke("title", {"pageId": page}) == {"status": 200, "title": app.site.pages[page].title}
    assert [row["value"]["times"] for row in app.invoke("all")] == [2]
    assert app.invoke("forget", {"key": f"seen:{page}"}) is None
    assert app.invoke("all") == []
    assert ("egress", "POST", True) in _channels(app)
    assert ("kvs", "query", True) in _channels(app)


def test_egress_that_the_manifest_does_not_name_is_refused(forge: Forge, js_app: MakeApp) -> None:
    app = forge.install(js_app("watch", OLD), forge.site("demo", seed=1))

    said = app.invoke("elsewhere")

    assert "BLOCKED_EGRESS" in said
    assert ("egress", "GET", False) in _channels(app)


def test_one_run_is_like_another(forge: Forge, js_app: MakeApp) -> None:
    folder = js_app("notes")

    first, second = (forge.install(folder, forge.site("demo", seed=1)) for _ in range(2))
    for app in (first, second):
        app.invoke("count", {"pageId": "$page"})

    assert [c.decided for c in first.ledger.crossings] == [c.decided for c in second.ledger.crossings]
