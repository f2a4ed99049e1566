"""A twin of issues and sprints keeps their form and none of their words."""

from __future__ import annotations

from functools import cache

import pytest

from forgesim.site.generate import demo, proof
from forgesim.site.jira_model import Change, Item
from forgesim.site.jira_text import document, plain, reworded
from forgesim.site.model import Site
from forgesim.site.twin import twin
from forgesim.site.words import WORD

FORM = (
    "id", "key", "project_id", "type_id", "status_id", "priority_id", "assignee", "reporter", "points", "sprints",
    "resolution_id", "resolved_at", "created_at", "updated_at", "due", "labels", "parent_id", "rank",
)  # fmt: skip

demo_of = cache(demo)
proof_of = cache(proof)


@cache
def twin_of(seed: int) -> Site:
    return twin(proof_of(seed), seed + 100)


@pytest.mark.parametrize(("before", "after"), [(demo_of, proof_of), (proof_of, twin_of)], ids=["proof", "twin"])
def test_form_is_kept(before, after) -> None:  # type: ignore[no-untyped-def]
    one, other = before(1), after(1)
    for issue, image in zip(one.issues.values(), other.issues.values(), strict=True):
        assert [getattr(issue, name) for name in FORM] == [getattr(image, name) for name in FORM]
        assert issue.changes == image.changes
        assert [each.created_at for each in issue.comments] == [each.created_at for each in image.comments]
    for sprint, image in zip(one.sprints.values(), other.sprints.values(), strict=True):
        for name in ("id", "board_id", "state", "start_at", "end_at", "complete_at"):
            assert getattr(sprint, name) == getattr(image, name)


@pytest.mark.parametrize(("before", "after"), [(demo_of, proof_of), (proof_of, twin_of)], ids=["proof", "twin"])
def test_every_text_is_another(before, after) -> None:  # type: ignore[no-untyped-def]
    one, other = before(1), after(1)
    for issue, image in zip(one.issues.values(), other.issues.values(), strict=True):
        assert issue.summary != image.summary
        assert (issue.description is None) == (image.description is None)
        assert issue.description is None or issue.description != image.description
        assert all(a.body != b.body for a, b in zip(issue.comments, image.comments, strict=True))
    assert all(
        a.name != b.name and a.goal != b.goal for a, b in zip(one.sprints.values(), other.sprints.values(), strict=True)
    )
    assert all(a.name != b.name for a, b in zip(one.projects.values(), other.projects.values(), strict=True))


def test_a_twin_keeps_the_length_of_every_summary() -> None:
    for issue, image in zip(proof_of(1).issues.values(), twin_of(1).issues.values(), strict=True):
        assert len(issue.summary) == len(image.summary)


def test_most_summaries_and_goals_of_a_proof_hold_a_canary() -> None:
    site = proof_of(1)
    canaries = set(site.canaries)

    def held(text: str) -> bool:
        return any(word.lower() in canaries for word in WORD.findall(text))

    summaries = [held(issue.summary) for issue in site.issues.values()]
    assert sum(summaries) > 0.95 * len(summaries)
    assert all(held(sprint.goal) and held(sprint.name) for sprint in site.sprints.values())


def test_texts_that_a_history_still_holds_go_too() -> None:
    site = demo(1)
    issue = site.issues[site.variables["issue.id"]]
    old = Change("1", issue.created_at, issue.creator, (Item("summary", "sunflower", issue.summary),))
    issue.changes.insert(0, old)
    image = twin(site, 5).issues[issue.id]
    assert image.changes[0].items[0].old not in (None, "sunflower")
    assert image.changes[0].items[0].new == image.summary
    assert image.changes[1:] == issue.changes[1:]


def test_a_written_document_is_reworded_in_its_words_alone() -> None:
    made = {
        "type": "doc", "version": 1,
        "content": [
            {"type": "paragraph", "content": [
                {"type": "text", "text": "sun", "marks": [{"type": "link", "attrs": {"href": "sun"}}]},
                {"type": "mention", "attrs": {"id": "sun", "text": "@sun"}},
            ]},
        ],
    }  # fmt: skip
    image = reworded(made, str.upper)
    assert image["content"][0]["content"][0] == {
        "type": "text", "text": "SUN", "marks": [{"type": "link", "attrs": {"href": "SUN"}}],
    }  # fmt: skip
    assert image["content"][0]["content"][1]["attrs"] == {"id": "sun", "text": "@SUN"}
    assert plain(made) == "sun sun  @sun"


def test_plain_text_and_documents_go_into_each_other() -> None:
    assert plain(document("one\ntwo")) == "one\ntwo"
    assert document({"type": "doc"}) == {"type": "doc"}
