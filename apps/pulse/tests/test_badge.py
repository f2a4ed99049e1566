"""The badge in the byline: the score that was kept, for whoever may see the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forgesim.errors import AppError
from forgesim.gateway.faults import Fault
from forgesim.site.access import may_view_page
from forgesim.testing.kit import Forge, InstalledApp

APP = Path(__file__).parents[1]


@pytest.fixture
def app(forge: Forge) -> InstalledApp:
    return forge.install(APP, forge.site("demo", seed=1))


def badge(app: InstalledApp, page: str = "$page", user: str = "bob", kind: str = "page") -> Any:
    content = {"id": page, "type": kind, "subtype": None}
    return app.invoke("badge", {"extension": {"type": "confluence:contentBylineItem", "content": content}}, user=user)


def test_a_page_that_nobody_checked_has_a_neutral_title(app: InstalledApp) -> None:
    assert badge(app)["title"] == "Page health"
    assert "Nobody has checked" in badge(app)["tooltip"]


def test_the_last_score_is_shown_with_its_day(app: InstalledApp) -> None:
    checked = app.invoke("checkPage", {"pageId": "$page"})
    assert badge(app) == {
        "title": f"{checked['grade']} \u00b7 {int(checked['score'])}",
        "tooltip": "Page health of 2026-01-05, from 0 to 100",
    }


def test_who_may_not_see_a_page_learns_no_score(forge: Forge) -> None:
    site = forge.site("demo", seed=1)
    app = forge.install(APP, site)
    bob = next(user.account_id for user in site.users.values() if user.handle == "bob")
    hidden = next(id_ for id_, page in site.pages.items() if not may_view_page(site, bob, page) and page.kind == "page")
    assert app.invoke("checkPage", {"pageId": hidden})["score"] > 0
    assert badge(app, hidden, "alice")["title"] != "Page health"
    assert badge(app, hidden) == badge(app, "1")


@pytest.mark.parametrize(("service", "says"), [("confluence", "Confluence had"), ("kvs", "Forge storage had")])
def test_where_a_service_fails_the_title_is_neutral(app: InstalledApp, service: str, says: str) -> None:
    app.invoke("checkPage", {"pageId": "$page"})
    app._stage.gateway.faults.add(Fault(service=service, failure="500", times=3))
    shown = badge(app)
    assert shown["title"] == "Page health"
    assert shown["tooltip"].startswith(says)


def test_a_blog_post_is_told_that_it_is_none(app: InstalledApp) -> None:
    shown = badge(app, "12", kind="blogpost")
    assert shown == {"title": "Page health", "tooltip": "Pulse judges pages. This is a blog post."}
    assert [each.decided.channel for each in app.ledger.crossings] == ["result"], "nothing is asked"


def test_an_event_without_a_page_is_a_mistake(app: InstalledApp) -> None:
    with pytest.raises(AppError):
        badge(app, "../1")
