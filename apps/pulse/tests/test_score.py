"""Scores, fixes, and the law of one page: what happens to a page moves that page and the mean, nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from typing_extensions import override

from pulse.beside import Beside, File
from pulse.confluence import STEPS, Confluence
from pulse.likeness import sketch
from pulse.patience import Patience
from pulse.progress import taken_up
from pulse.scan import begin, finish, scan_step
from pulse.score import SIGNALS, WEIGHTS, cheapest_fixes, grade, page_score

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ALL_50 = dict.fromkeys(SIGNALS, 50)


def test_a_page_score_is_the_weighted_mean_of_what_was_judged() -> None:
    weights = dict(WEIGHTS) | {"labels": 10, "links": 0}
    assert page_score({"labels": 100, "freshness": 40, "links": 0}, weights) == 80.0


def test_weights_of_nothing_give_zero() -> None:
    assert page_score(ALL_50, dict.fromkeys(SIGNALS, 0)) == 0


@given(st.lists(st.integers(0, 100), min_size=8, max_size=8), st.lists(st.integers(0, 10), min_size=8, max_size=8))
def test_a_score_lies_within_0_and_100(values: list[int], weights: list[int]) -> None:
    score = page_score(dict(zip(SIGNALS, values, strict=True)), dict(zip(SIGNALS, weights, strict=True)))
    assert 0 <= score <= 100


@pytest.mark.parametrize(
    ("score", "letter"),
    [(100, "A"), (90, "A"), (89.99, "B"), (80, "B"), (70, "C"), (60, "D"), (50, "E"), (49.99, "F"), (0, "F")],
)
def test_grades(score: float, letter: str) -> None:
    assert grade(score) == letter


def test_the_cheapest_fixes_come_first_and_what_is_perfect_needs_none() -> None:
    signals = ALL_50 | {"labels": 100, "ownership": 0}
    fixes = [row["signal"] for row in cheapest_fixes(signals, WEIGHTS)]
    assert fixes == ["ownership", "links", "attachments"]
    assert cheapest_fixes(dict.fromkeys(SIGNALS, 100), WEIGHTS) == []


@dataclass(frozen=True, slots=True)
class Paper:
    """Pages by id, as Confluence writes them; what lies beside those that have something."""

    pages: dict[str, Any]
    beside: dict[str, Beside] = field(default_factory=dict)


class PaperConfluence(Confluence):
    """A space on paper."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(Patience())
        self.paper = paper

    @override
    async def titles(self, space_id: str) -> dict[str, str]:
        return {id_: page["title"] for id_, page in self.paper.pages.items()}

    @override
    async def pages(self, space_id: str, cursor: str) -> tuple[list[Any], str]:
        """The cursor is how many were listed before."""
        at = int(cursor or 0)
        pages = [*self.paper.pages.values()]
        end = at + STEPS[0]
        return pages[at:end], str(end) * (end < len(pages))

    @override
    async def labels(self, page_ids: Sequence[str]) -> dict[str, list[str]]:
        return {id_: [each["name"] for each in self.paper.pages[id_]["labels"]["results"]] for id_ in page_ids}

    @override
    async def beside(self, page_ids: Sequence[str]) -> dict[str, Beside]:
        return {id_: self.paper.beside.get(id_, Beside([], [])) for id_ in page_ids}

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


def file(name: str, changed: str = "2025-12-01T00:00:00.000Z", size: int = 1000) -> File:
    return File(name=name, size=size, changed=changed)


PAPER = space_of(page(1, "23"), page(2, "13"), page(3, "2", "old"), page(4, "2", None, 6))
PAPER.pages["2"]["body"]["storage"]["value"] += '<ac:link><ri:attachment ri:filename="guide.pdf"/></ac:link>'
PAPER.beside["1"] = Beside([file("plan.pdf", "2024-01-01T00:00:00.000Z")], [])
PAPER.beside["2"] = Beside([file("guide.pdf")], ["2025-12-20T00:00:00.000Z"])
PAPER.beside["3"] = Beside([], ["2025-11-01T00:00:00.000Z"])


def scan(paper: Paper) -> tuple[dict[str, Any], dict[str, Any], int]:
    """The row of the space, page id → its row, and how many steps it took. Every step takes the cursor of the last."""
    confluence = PaperConfluence(paper)
    space = {"id": "7", "key": "DOCS", "_links": {}}
    progress = begin(asyncio.run(confluence.titles("7")), WEIGHTS, 0)
    rows: dict[str, Any] = {}
    more, steps = True, 0
    while more:
        progress = taken_up(json.loads(json.dumps(progress.packed())))
        found = asyncio.run(scan_step(confluence, space, "ann", progress, NOW))
        rows |= {row["id"]: row for row in found}
        more, steps = bool(progress.following), steps + 1
    return finish(progress)[0], rows, steps


def test_a_space_by_hand() -> None:
    """Pages 1 to 3 are linked to, 4 is an orphan; every link leads somewhere. A page of December has 87 for freshness,
    that of June 43; one label is 60; 21 words are a stub of 84. The third page's owner left, the fourth has none. The
    first page has a file that it does not show, of 735 days: 10 and 5 lost. A comment on the second has been open for
    16 days, one on the third for 65: 10 and 20 lost. The space: 81.595 is the mean of the scores, and of it an orphan
    in four pages takes 0.3 · 5/40 · 25."""
    row, pages, _ = scan(PAPER)
    assert {name: [page[name] for page in pages.values()] for name in SIGNALS} == {
        "freshness": [87, 87, 87, 43],
        "ownership": [100, 100, 40, 0],
        "readability": [84, 84, 84, 84],
        "structure": [84, 84, 84, 84],
        "links": [100, 100, 100, 100],
        "labels": [60, 60, 60, 60],
        "attachments": [85, 100, 100, 100],
        "comments": [100, 90, 80, 100],
    }
    assert [page["score"] for page in pages.values()] == [87.5, 88.12, 79.38, 71.38]
    assert row == {
        "score": 80.6575, "pages": 4, "freshness": 76, "ownership": 60, "readability": 84, "structure": 84, "links": 92,
        "labels": 60, "attachments": 96, "comments": 92,
        "grades": {"A": 0, "B": 50, "C": 50, "D": 0, "E": 0, "F": 0}, "overdue": 0, "orphans": 1, "broken": 0,
        "unresolved": 2,
    }  # fmt: skip


def test_many_pages_take_many_steps_and_count_once_each() -> None:
    row, pages, steps = scan(space_of(*(page(number) for number in range(1, 102))))
    assert (row["pages"], steps, len(pages)) == (101, 3, 101)


def test_the_worst_ten_are_of_all_steps() -> None:
    paper = space_of(*(page(number, owner=None if number % 9 == 0 else "ann") for number in range(1, 102)))
    confluence, space = PaperConfluence(paper), {"id": "7", "key": "DOCS", "_links": {}}
    progress = begin(asyncio.run(confluence.titles("7")), WEIGHTS, 0)
    for _ in range(3):
        asyncio.run(scan_step(confluence, space, "ann", progress, NOW))
    assert {int(row["id"]) for row in finish(progress)[1]} == {9, 18, 27, 36, 45, 54, 63, 72, 81, 90}


def test_an_empty_space_scores_zero() -> None:
    row, _, steps = scan(space_of())
    assert (row["score"], row["pages"], row["readability"], steps) == (0, 0, None, 1)


def test_pages_in_other_scripts_have_no_readability_and_count_for_the_rest() -> None:
    foreign = page(1)
    foreign["body"]["storage"]["value"] = "<p>" + "Откройте дверь и войдите. " * 9 + "</p>"
    (row, pages, _), (alone, _, _) = scan(space_of(foreign, page(2))), scan(space_of(foreign))
    assert (pages["1"]["readability"], pages["2"]["readability"], row["readability"]) == (None, 84, 84)
    assert pages["1"]["score"] == page_score(
        {name: pages["1"][name] for name in SIGNALS if name != "readability"}, WEIGHTS
    )
    assert alone["readability"] is None


def test_pages_that_share_most_of_their_text_share_most_of_their_sketch() -> None:
    text = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(120))
    other = " ".join(f"term{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(120))
    shared = {*sketch(text)} & {*sketch(text.replace("wordaa", "first"))}
    assert len(shared) >= 7
    assert not {*sketch(text)} & {*sketch(other)}
    assert sketch("A few words only") == []


def aged(paper: Paper) -> None:
    paper.pages["2"]["version"]["createdAt"] = "2024-01-01T00:00:00.000Z"


def unlabelled(paper: Paper) -> None:
    paper.pages["2"]["labels"]["results"].clear()


def disowned(paper: Paper) -> None:
    paper.pages["2"]["ownerId"] = None


def overdue(paper: Paper) -> None:
    """Pages of December are a month old."""
    paper.pages["2"]["labels"]["results"] = [{"name": "review-7d"}]


def walled(paper: Paper) -> None:
    """In place of 21 words in several sentences, a wall of 140; the links stay."""
    body = paper.pages["2"]["body"]["storage"]
    body["value"] = f"<h2>Use it</h2><p>{'Open it and go. ' * 35}</p>" + body["value"].split("</p>", 1)[1]


def wordy(paper: Paper) -> None:
    """Long words in place of short ones, and longer sentences, of as many words."""
    body = paper.pages["2"]["body"]["storage"]
    long = "Opening everything everywhere considerably enlightens everybody"
    body["value"] = body["value"].replace("Open the door and walk in. Then", f"{long} then").replace(". It", " it")


def pictured(paper: Paper) -> None:
    paper.pages["2"]["body"]["storage"]["value"] += '<ac:image><ri:attachment ri:filename="guide.pdf"/></ac:image>'


def unfinished(paper: Paper) -> None:
    paper.pages["2"]["body"]["storage"]["value"] += "<ac:placeholder>Say who</ac:placeholder>"


def tasked(paper: Paper) -> None:
    paper.pages["2"]["body"]["storage"]["value"] += "<ac:task><ac:task-status>incomplete</ac:task-status></ac:task>"


def misled(paper: Paper) -> None:
    """A link to a page that there is not, beside those that it has."""
    paper.pages["2"]["body"]["storage"]["value"] += '<ac:link><ri:page ri:content-title="Gone"/></ac:link>'


def cluttered(paper: Paper) -> None:
    paper.beside["2"].files.append(file("old.pdf"))


def bereft(paper: Paper) -> None:
    """Of the file that it shows."""
    paper.beside["2"].files.clear()


def bloated(paper: Paper) -> None:
    paper.beside["2"].files[:] = [file("guide.pdf", size=10_000_001)]


def outdated(paper: Paper) -> None:
    """The file that it shows, not the page."""
    paper.beside["2"].files[:] = [file("guide.pdf", "2023-12-01T00:00:00.000Z")]


def questioned(paper: Paper) -> None:
    paper.beside["2"].threads.append("2026-01-04T00:00:00.000Z")


def unanswered(paper: Paper) -> None:
    """For longer than a month."""
    paper.beside["2"].threads[:] = ["2025-10-20T00:00:00.000Z"]


CHANGES: list[tuple[Callable[[Paper], None], str]] = [
    (aged, "freshness"),
    (overdue, "freshness"),
    (unlabelled, "labels"),
    (disowned, "ownership"),
    (wordy, "readability"),
    (pictured, "structure"),
    (unfinished, "structure"),
    (tasked, "structure"),
    (misled, "links"),
    (cluttered, "attachments"),
    (bereft, "attachments"),
    (bloated, "attachments"),
    (outdated, "attachments"),
    (questioned, "comments"),
    (unanswered, "comments"),
]


@pytest.mark.parametrize(("change", "signal"), CHANGES, ids=[change.__name__ for change, *_ in CHANGES])
def test_what_happens_to_one_page_lowers_its_signal_and_the_space_only(
    change: Callable[[Paper], None], signal: str
) -> None:
    changed = deepcopy(PAPER)
    change(changed)
    (space, pages, _), (new_space, new_pages, _) = scan(PAPER), scan(changed)
    moved = {
        (id_, name) for id_, row in pages.items() for name in (*SIGNALS, "score") if new_pages[id_][name] != row[name]
    }
    assert moved == {("2", signal), ("2", "score")}
    assert new_pages["2"][signal] < pages["2"][signal]
    assert new_space["score"] < space["score"]


def test_a_file_that_an_address_with_the_page_s_id_names_is_named() -> None:
    for page_id, costs in (("2", 0), ("3", 10)):
        changed = deepcopy(PAPER)
        cluttered(changed)
        href = f"/wiki/download/attachments/{page_id}/old.pdf?version=1"
        changed.pages["2"]["body"]["storage"]["value"] += f'<a href="{href}"/>'
        assert scan(PAPER)[1]["2"]["attachments"] - scan(changed)[1]["2"]["attachments"] == costs


def test_a_wall_of_text_costs_ten_points_of_structure() -> None:
    changed = deepcopy(PAPER)
    walled(changed)
    assert scan(changed)[1]["2"]["structure"] == 90


def test_an_orphan_more_moves_no_page_and_lowers_the_space() -> None:
    """Pages 1 and 2 link to 3, and to others."""
    changed = deepcopy(PAPER)
    for each in ("1", "2"):
        body = changed.pages[each]["body"]["storage"]
        body["value"] = body["value"].replace('<ac:link><ri:page ri:content-title="Page 3"/></ac:link>', "")
    (space, pages, _), (new_space, new_pages, _) = scan(PAPER), scan(changed)
    assert new_pages == pages
    assert (new_space["orphans"], new_space["links"]) == (2, 85)
    assert space["score"] - new_space["score"] == pytest.approx(30 / 8 / 4)
