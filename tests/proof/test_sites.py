"""The sites that a proof plays on: of what the app can see, and thinned before they get their words."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.manifest.load import load_app
from forgesim.manifest.model import Scenario, Step
from forgesim.proof.sites import SMALL, Sites
from forgesim.site.drawn_drops import Thin
from forgesim.site.facts import digest
from forgesim.site.open import asks_for_confluence

CONFLUENCE, JIRA = "read:page:confluence", "read:jira-work"


@pytest.mark.parametrize(
    ("scopes", "modules", "can"),
    [
        ([CONFLUENCE], [], True),
        ([CONFLUENCE, JIRA], [], True),
        ([JIRA], ["jira:issuePanel"], False),
        ([JIRA], ["macro"], True),
        ([JIRA], ["confluence:contentBylineItem"], True),
        (["storage:app"], [], True),
        ([], [], True),
    ],
)
def test_who_can_see_anything_of_confluence(scopes: list[str], modules: list[str], can: bool) -> None:
    assert asks_for_confluence(scopes, modules) is can


def opens(*steps: str) -> Scenario:
    return Scenario(name="opens", site="demo", steps=tuple(Step(kind="call", data={"pageId": id_}) for id_ in steps))


def test_what_scenarios_name_stays_on_a_thinned_site_and_the_rest_thins(make_app: Any) -> None:
    sites = Sites(load_app(make_app("")), 1)
    whole = sites.build("demo", 5)
    last = list(whole.pages)[-1]
    thinned, keep = sites.thinned("demo", 5, Thin(10, 5), [opens(last)])
    assert f"page/{last}" in keep
    assert last in thinned.pages
    assert len(thinned.pages) < len(whole.pages) / 4
    assert thinned.canaries, "it has words of its own, as the whole one"


def test_a_small_site_is_the_same_each_time_and_has_a_share_of_the_pages(make_app: Any) -> None:
    sites = Sites(load_app(make_app("")), 1)
    one, other = (sites.small("demo", 5, scenarios=[]) for _ in range(2))
    assert digest(one) == digest(other)
    share = len(one.pages) / len(sites.build("demo", 5).pages)
    assert 0.5 * SMALL < 100 * share < 2 * SMALL
