"""Scores, fixes, and the law of one page: what happens to a page moves that page and the mean, nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from typing_extensions import override

from pulse.confluence import Confluence
from pulse.patience import Patience
from pulse.scan import START, finish, scan_step
from pulse.score import WEIGHTS, cheapest_fixes, mean, page_score
from pulse.signals import SIGNALS

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ALL_50 = dict.fromkeys(SIGNALS, 50)


def test_a_page_score_is_the_weighted_mean_of_what_was_judged() -> None:
    weights = dict(WEIGHTS) | {"labels": 10, "links": 0}
    assert page_score({"labels": 100, "freshness": 40, "links": 0}, weights) == 80.0


def test_weights_of_nothing_give_zero() -> None:
    assert page_score(ALL_50, dict.fromkeys(SIGNALS, 0)) == 0


@given(st.lists(st.integers(0, 100), min_size=6, max_size=6), st.lists(st.integers(0, 10), min_size=6, max_size=6))
def test_a_score_lies_within_0_and_100(values: list[int], weights: list[int]) -> None:
    score = page_score(dict(zip(SIGNALS, values, strict=True)), dict(zip(SIGNALS, weights, strict=True)))
    assert 0 <= score <= 100


def test_the_mean_of_no_pages_is_zero() -> None:
    assert (mean([]), mean([1, 2]), mean([1, 1, 2])) == (0, 1.5, 1.3333)


def test_the_cheapest_fixes_come_first_and_what_is_perfect_needs_none() -> None:
    signals = ALL_50 | {"labels": 100, "ownership": 0}
    fixes = [row["signal"] for row in cheapest_fixes(signals, WEIGHTS)]
    assert fixes == ["ownership", "links", "freshness"]
    assert cheapest_fixes(dict.fromkeys(SIGNALS, 100), WEIGHTS) == []


@dataclass(frozen=True, slots=True)
class Paper:
    """Pages by id, as Confluence writes them."""

    pages: dict[str, Any]


class PaperConfluence(Confluence):
    """A space on paper."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(Patience())
        self.paper = paper

    @override
    async def titles(self, space_id: str) -> dict[str, str]:
        return {page["id"]: page["title"] for page in self.paper.pages.values()}

    @override
    async def page(self, page_id: str) -> Any:
        return self.paper.pages[page_id]

    @override
    async def account_states(self, accounts: Any) -> dict[str | None, str]:
        return {None: "none", "ann": "active", "old": "inactive"}


def page(number: int, links: str = "", owner: str | None = "ann", month: int = 12) -> dict[str, Any]:
    text = "<h2>Use it</h2><p>Open the door and walk in. Then sit down and read on for a while. It is all here.</p>"
    anchors = "".join(f'<ac:link><ri:page ri:content-title="Page {each}"/></ac:link>' for each in links)
    return {
        "id": str(number),
        "title": f"Page {number}",
        "ownerId": owner,
        "version": {"createdAt": f"2025-{month:02}-01T00:00:00.000Z"},
        "body": {"storage": {"value": text + anchors}},
        "labels": {"results": [{"name": "guide"}]},
    }


def space_of(*pages: dict[str, Any]) -> Paper:
    return Paper({each["id"]: each for each in pages})


PAPER = space_of(page(1, "23"), page(2, "13"), page(3, "2", "old"), page(4, "2", None, 6))


def scan(paper: Paper) -> tuple[dict[str, Any], dict[str, Any], int]:
    """The row of the space, page id → its row, and how many steps it took."""
    confluence = PaperConfluence(paper)
    space = {"id": "7", "key": "DOCS", "_links": {}}
    state: Any = START
    titles: dict[str, str] = {}
    more, steps = True, 0
    while more:
        state, titles, more = asyncio.run(scan_step(confluence, space, "ann", state, NOW))
        steps += 1
    row, worst = finish(state, titles, WEIGHTS)
    return row, {each["id"]: each for each in worst}, steps


def test_a_space_is_the_mean_of_its_pages() -> None:
    row, pages, _ = scan(PAPER)
    assert row["pages"] == 4
    assert row["score"] == mean(each["score"] for each in pages.values())
    assert {id_: each["links"] for id_, each in pages.items()} == {"1": 100, "2": 100, "3": 100, "4": 70}


def test_many_pages_take_many_steps_and_count_once_each() -> None:
    row, worst, steps = scan(space_of(*(page(number) for number in range(1, 100))))
    assert (row["pages"], steps, len(worst)) == (99, 3, 10)


def test_an_empty_space_scores_zero() -> None:
    assert scan(space_of())[0]["score"] == 0


def aged(paper: Paper) -> None:
    paper.pages["2"]["version"]["createdAt"] = "2024-01-01T00:00:00.000Z"


def unlabelled(paper: Paper) -> None:
    paper.pages["2"]["labels"]["results"].clear()


def disowned(paper: Paper) -> None:
    paper.pages["2"]["ownerId"] = None


def orphaned(paper: Paper) -> None:
    """Pages 1 and 2 link to 3, and to others."""
    for each in ("1", "2"):
        body = paper.pages[each]["body"]["storage"]
        body["value"] = body["value"].replace('<ac:link><ri:page ri:content-title="Page 3"/></ac:link>', "")


def without_links(paper: Paper) -> None:
    """Page 4 links to 2, as others do."""
    paper.pages["4"] = page(4, "", None, 6)


CHANGES: list[tuple[Callable[[Paper], None], str, str]] = [
    (aged, "2", "freshness"),
    (unlabelled, "2", "labels"),
    (disowned, "2", "ownership"),
    (orphaned, "3", "links"),
    (without_links, "4", "links"),
]


@pytest.mark.parametrize(("change", "id_", "signal"), CHANGES, ids=[change.__name__ for change, *_ in CHANGES])
def test_what_happens_to_one_page_lowers_its_signal_and_the_space_only(
    change: Callable[[Paper], None], id_: str, signal: str
) -> None:
    changed = deepcopy(PAPER)
    change(changed)
    (space, pages, _), (new_space, new_pages, _) = scan(PAPER), scan(changed)
    moved = {(each, name) for each, row in pages.items() for name in row if new_pages[each][name] != row[name]}
    assert moved == {(id_, signal), (id_, "score")}
    assert new_pages[id_][signal] < pages[id_][signal]
    assert new_space["score"] < space["score"]
