"""A site of any size has the shape of one, is the same in every process, and is made in time that grows with it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.errors import InputError
from forgesim.site.access import APP_ACCOUNT, may_view_page
from forgesim.site.facts import clone, digest, known_ids, parents, scan_index
from forgesim.site.jira_history import fields_now
from forgesim.site.jira_model import DONE, ISSUE_TYPES, SPRINT_FIELD, TO_DO, Issue
from forgesim.site.model import Page, Site
from forgesim.site.scale import generate, shares
from forgesim.site.scale_pages import DEEPEST
from forgesim.site.storage import marker_ref, storage_problem
from forgesim.site.twin import twin
from forgesim.site.words import WORD

SITE = generate(pages=600, issues=600, seed=3)
SIZES = st.tuples(st.integers(1, 80), st.integers(0, 80), st.integers(0, 1_000))


def depth(site: Site, page: Page) -> int:
    return 0 if page.parent_id is None else 1 + depth(site, site.pages[page.parent_id])


def at_creation(issue: Issue) -> dict[str, str | None]:
    fields = fields_now(issue)
    for change in reversed(issue.changes):
        fields |= {item.field: item.old for item in change.items}
    return fields


def replayed(issue: Issue) -> dict[str, str | None]:
    """Forwards from creation; each change must find what it says was there."""
    fields = at_creation(issue)
    for change in issue.changes:
        for item in change.items:
            assert fields[item.field] == item.old
            fields[item.field] = item.new
    return fields


def test_the_same_arguments_give_the_same_bytes_in_another_process() -> None:
    script = (
        "from forgesim.site.facts import digest; from forgesim.site.scale import generate;"
        "print(digest(generate(pages=90, issues=90, seed=4)))"
    )
    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.strip()
    assert told == digest(generate(pages=90, issues=90, seed=4))
    others = [generate(pages=90, issues=90, seed=5), generate(pages=90, issues=91, seed=4),
              generate(pages=90, issues=90, seed=4, spaces=3)]  # fmt: skip
    assert len({told, *map(digest, others)}) == 4


@given(SIZES)
@settings(max_examples=25, deadline=None)
def test_it_is_as_big_as_asked_for_and_hangs_together(size: tuple[int, int, int]) -> None:
    pages, issues, seed = size
    site = generate(pages=pages, issues=issues, seed=seed)
    assert (len(site.pages), len(site.issues)) == (pages, issues)
    assert digest(clone(site)) == digest(site)
    ids = {f"{kind}/{each}" for kind, found in known_ids(site).items() for each in found}
    assert {*parents(site), *parents(site).values()} <= ids
    assert all(page.parent_id in (None, *site.pages) for page in site.pages.values())
    assert max(map(int, (*site.pages, *site.issues))) < site.next_id


def test_few_spaces_and_projects_hold_most() -> None:
    for held in (Counter(p.space_id for p in SITE.pages.values()), Counter(i.project_id for i in SITE.issues.values())):
        sizes = [many for _, many in held.most_common()]
        assert sizes[0] > sizes[1] > sizes[-1] > 0
        assert sizes[0] > sum(sizes) / 4


@given(st.integers(0, 5_000), st.integers(1, 60))
def test_shares_add_up_and_none_is_empty(spare: int, parts: int) -> None:
    found = shares(parts + spare, parts)
    assert (sum(found), len(found)) == (parts + spare, parts)
    assert min(found) >= 1
    assert all(a >= b for a, b in pairwise(found))


def test_pages_hang_in_trees_of_bounded_depth_and_say_what_pages_say() -> None:
    pages = SITE.pages.values()
    assert max(depth(SITE, page) for page in pages) in range(3, DEEPEST + 1)
    assert not [storage_problem(page.body) for page in pages if storage_problem(page.body)]
    assert len({page.title for page in pages}) == len(pages)
    assert {page.status for page in pages} == {"current", "archived", "trashed", "draft"}
    for part in ("labels", "comments", "attachments", "viewers", "editors"):
        assert 0 < sum(bool(getattr(page, part)) for page in pages) < len(pages), part
    for page in pages:
        assert page.created_at <= page.updated_at <= EPOCH_MS
        assert [version.number for version in page.versions] == list(range(1, page.version + 1))


def test_inline_comments_hang_on_words_of_their_page() -> None:
    inline = [(page, each) for page in SITE.pages.values() for each in page.comments if each.inline]
    for page, comment in inline:
        marker = f'ac:ref="{marker_ref(SITE.cloud_id, comment.id)}">{comment.selection}<'
        assert (marker in page.body) == (comment.resolution != "dangling")
    assert {comment.resolution for _, comment in inline} == {"open", "resolved", "reopened", "dangling"}


def test_replaying_a_history_gives_the_current_state() -> None:
    for issue in SITE.issues.values():
        assert replayed(issue) == fields_now(issue)
        assert at_creation(issue)["status"] == TO_DO
        assert (issue.status_id == DONE) == (issue.resolution_id is not None)
        times = [issue.created_at, *(change.at for change in issue.changes)]
        assert times == sorted(times)
        assert times[-1] <= issue.updated_at <= EPOCH_MS
    assert any(len(issue.sprints) > 1 for issue in SITE.issues.values())


def test_sprints_are_of_the_past_but_for_two_of_each_scrum_board() -> None:
    scrum = [board for board in SITE.boards.values() if board.kind == "scrum"]
    states = Counter(sprint.state for sprint in SITE.sprints.values())
    assert (states["active"], states["future"]) == (len(scrum), len(scrum))
    assert states["closed"] > 10 > len(SITE.boards) - len(scrum) > 0
    in_sprints = Counter(sprint for issue in SITE.issues.values() for sprint in issue.sprints)
    assert all(in_sprints[sprint.id] for sprint in SITE.sprints.values() if sprint.state == "closed")


def test_sub_tasks_lie_in_stories_and_stories_in_epics_and_all_in_one_project() -> None:
    levels = Counter()  # type: Counter[tuple[int, int]]
    for issue in SITE.issues.values():
        if issue.parent_id is not None:
            parent = SITE.issues[issue.parent_id]
            levels[ISSUE_TYPES[issue.type_id].level, ISSUE_TYPES[parent.type_id].level] += 1
            assert (parent.project_id, parent.created_at <= issue.created_at) == (issue.project_id, True)
    assert {*levels} == {(0, 1), (-1, 0)}
    assert any(item.field == SPRINT_FIELD for i in SITE.issues.values() if i.type_id == "10003"
               for change in i.changes for item in change.items)  # fmt: skip


def test_its_variables_name_what_everybody_sees() -> None:
    assert may_view_page(SITE, APP_ACCOUNT, SITE.pages[SITE.variables["page"]])
    assert {"space", "project", "board", "sprint", "issue", "board.private"} <= {*SITE.variables}


def test_each_page_and_issue_has_a_canary_that_stands_nowhere_else() -> None:
    canaries, held = {*SITE.canaries}, Counter[str]()
    for kind, id_, field, text in scan_index(SITE).texts:
        if kind in ("page", "issue") and field in ("title", "summary"):
            found = [word for word in WORD.findall(text.lower()) if word in canaries]
            assert found, (kind, id_)
            held.update(found)
    assert held.most_common(1)[0][1] == 1


@pytest.mark.parametrize("seed", [0, 1])
def test_its_twin_says_everything_in_other_words_and_keeps_the_order_of_titles(seed: int) -> None:
    site = generate(pages=150, issues=150, seed=seed)
    other = twin(site, 7)
    assert other.unmapped == []
    assert all(
        a.title != b.title and a.body != b.body for a, b in zip(site.pages.values(), other.pages.values(), strict=True)
    )
    assert all(a.summary != b.summary for a, b in zip(site.issues.values(), other.issues.values(), strict=True))
    assert not {*site.canaries} & {*other.canaries}
    by_title = [[page.id for page in sorted(each.pages.values(), key=lambda p: p.title)] for each in (site, other)]
    assert by_title[0] == by_title[1]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"pages": 0, "issues": 0}, "1 to 10000000 pages, not 0"),
        ({"pages": 5, "issues": -1}, "issues, not -1"),
        ({"pages": 5, "issues": 0, "spaces": 6}, "1 to 5 spaces, not 6"),
        ({"pages": 5, "issues": 5, "projects": 0}, "1 to 5 projects, not 0"),
        ({"pages": 5, "issues": 5, "people": 3}, "12 to 100000 people, not 3"),
    ],
)
def test_numbers_that_make_no_site_are_told(asked: dict[str, int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        generate(**asked, seed=1)
