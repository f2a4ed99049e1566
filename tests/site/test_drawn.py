"""Drawn sites: a recipe is data, what it builds is a site like any other, and twins of it are twins."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.site.access import may_view_page
from forgesim.site.blank import ISSUE_BLANKS
from forgesim.site.drawn import Recipe, as_json, build, draw, from_json, told
from forgesim.site.drawn_edit import named
from forgesim.site.facts import access_lists, clone, digest, known_ids, parents
from forgesim.site.generate import demo, proof
from forgesim.site.jira_history import fields_at, members_at, sprint_ids
from forgesim.site.jira_model import SPRINT_FIELD, STORY_POINTS_FIELD
from forgesim.site.model import Page, Site
from forgesim.site.storage import storage_problem
from forgesim.site.twin import twin

WORDS = ("vip", "a b&c<d", "#!", "日本 語", "x" * 400, "\0tab\t", "]]>", "forge:secret", "'quoted'")
REWRITTEN = ("title", "body", "comments", "attachments", "versions", "properties")


@cache
def base(kind: str = "whole") -> Site:
    """``free``: nothing names the project that few may see, so that it may go."""
    site = proof(1, jira=kind != "confluence")
    names = [name for name in site.variables if kind != "free" or not name.endswith(".private")]
    site.variables = {name: site.variables[name] for name in names}
    return site


def recipes(site: Site) -> st.SearchStrategy[Recipe]:
    return st.randoms(use_true_random=False).map(lambda rng: draw(rng, site, WORDS))


def ids(site: Site) -> Iterator[tuple[str, str]]:
    for page in site.pages.values():
        yield "page", page.id
        yield from (("comment", comment.id) for comment in page.comments)
        yield from (("attachment", file.id) for file in page.attachments)
    for issue in site.issues.values():
        yield "issue", issue.id
        yield "key", issue.key
        yield from (("comment", comment.id) for comment in issue.comments)


def wrong(site: Site) -> Iterator[str]:
    """What no site may be."""
    yield from (f"{each} is there twice" for each, times in Counter(ids(site)).items() if times > 1)
    above = parents(site)
    known = {ref for kind, found in known_ids(site).items() for ref in (f"{kind}/{id_}" for id_ in found)}
    yield from (f"{ref} lies in {above[ref]}" for ref in above if above[ref] not in known)
    yield from (f"{ref} is named and not there" for ref in named(site) if ref not in known)
    yield from _wrong_pages(site)
    yield from _wrong_issues(site)
    for account, refs in access_lists(site).items():
        yield from (f"{account} may read {ref}" for ref in refs if ref not in known)
        pages = {f"page/{page.id}" for page in site.pages.values() if may_view_page(site, account, page)}
        if pages != {ref for ref in refs if ref.startswith("page/")}:
            yield f"{account} reads what they may not see"


def _wrong_pages(site: Site) -> Iterator[str]:
    titles = Counter((page.space_id, page.title.casefold()) for page in site.pages.values())
    yield from (f"two pages titled {each}" for each, times in titles.items() if times > 1)
    homes = (space.homepage_id for space in site.spaces.values() if space.homepage_id)
    yield from (f"home {home} is gone" for home in homes if home not in site.pages)
    for page in site.pages.values():
        people = {page.author, page.updated_by, page.owner or page.author, *(each.author for each in page.comments)}
        fits = page.parent_id is None or site.pages[page.parent_id].space_id == page.space_id
        times = [version.at for version in page.versions]
        if storage_problem(page.body) or any(storage_problem(each.body) for each in page.comments):
            yield f"page {page.id} is not well-formed"
        if not fits or not people <= site.users.keys() or times != sorted(times) or len(page.title) > 255:
            yield f"page {page.id} does not hold together"
        if page.versions and (page.versions[-1].number, times[-1]) != (page.version, page.updated_at):
            yield f"the last version of page {page.id} is not its own"
        if any(listed not in site.users and not listed.startswith("group:") for listed in page.viewers or ()):
            yield f"page {page.id} is for nobody known"


def _wrong_issues(site: Site) -> Iterator[str]:
    sprints = {sprint.id for sprint in site.sprints.values()}
    for issue in site.issues.values():
        held = {*issue.sprints, *(s for c in issue.changes for i in c.items if i.field == SPRINT_FIELD
                                  for text in (i.old, i.new) for s in sprint_ids(text))}  # fmt: skip
        first = fields_at(issue, issue.created_at)
        if not held <= sprints or (issue.parent_id and issue.parent_id not in site.issues):
            yield f"issue {issue.key} lies in what is gone"
        if first is None or len(issue.summary) > 255 or not {issue.assignee} - {None} <= site.users.keys():
            yield f"issue {issue.key} does not hold together"


@given(st.sampled_from(("whole", "free", "confluence")), st.data())
@settings(max_examples=60, deadline=None)
def test_a_recipe_breaks_no_site(kind: str, data: st.DataObject) -> None:
    site = base(kind)
    recipe = data.draw(recipes(site))
    before = digest(site)

    built = build(site, recipe)

    assert list(wrong(built)) == []
    assert built.variables == site.variables
    assert digest(site) == before
    assert digest(build(site, recipe)) == digest(built)


@given(st.data())
@settings(max_examples=12, deadline=None)
def test_a_twin_of_a_drawn_site_keeps_its_form(data: st.DataObject) -> None:
    small = build(base(), from_json([{"do": "only", "keep": ["space/131073", "sprint/41", *list(refs())[:30]]}]))
    a = build(small, data.draw(recipes(small)))
    b = twin(a, data.draw(st.integers(0, 3)))

    assert (known_ids(a), parents(a), access_lists(a)) == (known_ids(b), parents(b), access_lists(b))
    for here, there in zip(a.pages.values(), b.pages.values(), strict=True):
        assert all(getattr(here, name) == getattr(there, name) for name in Page.__slots__ if name not in REWRITTEN)
        assert len(here.body) == len(there.body)
        assert storage_problem(there.body) is None
    for issue, image in zip(a.issues.values(), b.issues.values(), strict=True):
        assert (len(issue.summary), issue.labels, issue.points) == (len(image.summary), image.labels, image.points)
    titles = [[page.title for page in site.pages.values()] for site in (a, b)]
    orders = [sorted(range(len(each)), key=each.__getitem__) for each in titles]
    assert orders[0] == orders[1]


def refs() -> Iterator[str]:
    yield from (f"page/{page}" for page in base().pages)
    yield from (f"issue/{issue}" for issue in base().issues)


@given(recipes(demo(1)))
@settings(max_examples=60, deadline=None)
def test_a_recipe_is_json(recipe: Recipe) -> None:
    assert from_json(json.loads(json.dumps(as_json(recipe)))) == recipe
    assert told(recipe).count("; ") == len(recipe) - 1


def test_one_seed_draws_one_recipe_and_many_draw_every_edit() -> None:
    site = base("free")
    drawn = [draw(Random(seed), site, WORDS) for seed in range(200)]
    assert [draw(Random(seed), site, WORDS) for seed in range(20)] == drawn[:20]
    kinds = {edit["do"] for recipe in drawn for edit in as_json(recipe)}
    assert kinds == {
        "drop page", "drop space", "drop issue", "drop project", "label page", "write page", "repeat body",
        "add comments", "drop comments", "own page", "age page", "archive page", "restrict page", "label issue",
        "estimate issue", "write issue", "lengthen issue", "assign issue", "comment issue", "empty sprint",
        "empty page", "empty issue", "like page", "task page", "post beside", "log work", "link elsewhere",
    }  # fmt: skip


CHANGES = {
    "labels": ({"do": "label page", "page": "$page", "labels": ["VIP", "a b"]}, "labels"),
    "words in the title": ({"do": "write page", "page": "$page", "where": "title", "words": ["vip"]}, "title"),
    "words in the body": ({"do": "write page", "page": "$page", "where": "body", "words": ["<vip>"]}, "body"),
    "words in a comment": ({"do": "write page", "page": "$page", "where": "comment", "words": ["vip"]}, "comments"),
    "a long body": ({"do": "repeat body", "page": "$page", "times": 20}, "body"),
    "an empty body": ({"do": "repeat body", "page": "$page", "times": 0}, "body"),
    "comments": ({"do": "add comments", "page": "$page", "count": 4}, "comments"),
    "no owner": ({"do": "own page", "page": "$page", "owner": ""}, "owner"),
    "without an owner": ({"do": "empty page", "page": "$page", "field": "owner"}, "owner"),
    "without a body": ({"do": "empty page", "page": "$page", "field": "body"}, "body"),
    "without labels": ({"do": "empty page", "page": "$page", "field": "labels"}, "labels"),
    "without a parent": ({"do": "empty page", "page": "$page", "field": "parent"}, "parent_id"),
    "age": ({"do": "age page", "page": "$page", "days": 4000}, "updated_at"),
    "likes": ({"do": "like page", "page": "$page", "count": 60}, "likes"),
    "a task": ({"do": "task page", "page": "$page", "words": ["<vip>"]}, "body"),
    "archived": ({"do": "archive page", "page": "$page"}, "status"),
    "restricted": ({"do": "restrict page", "page": "$page", "viewers": ["alice"]}, "viewers"),
}


@pytest.mark.parametrize(("edit", "field"), CHANGES.values(), ids=CHANGES)
def test_an_edit_changes_what_it_says(edit: dict[str, object], field: str) -> None:
    site = base()
    page = site.variables["page"]
    built = build(site, from_json([{**edit, "page": page}]))
    assert getattr(built.pages[page], field) != getattr(site.pages[page], field)
    assert page in told(from_json([{**edit, "page": page}]))


def test_what_lies_beside_a_page_or_issue_can_be_drawn() -> None:
    site = base()
    page, issue = site.variables["page"], site.variables["issue.id"]
    edits = [
        {"do": "post beside", "page": page, "words": ["<vip>"]},
        {"do": "log work", "issue": issue, "count": 2, "words": ["vip"]},
        {"do": "link elsewhere", "issue": issue, "words": ["vip"]},
    ]
    built = build(site, from_json(edits))
    (post,) = (built.pages[each] for each in built.pages.keys() - site.pages.keys())
    assert (post.kind, post.body) == ("blogpost", "<p>&lt;vip&gt;</p>")
    assert [each.comment for each in built.issues[issue].worklogs[-2:]] == ["vip", "vip"]
    assert built.issues[issue].remote_links[-1].title == "vip"
    assert list(wrong(built)) == []


def test_a_long_recipe_is_told_in_short_with_the_rest_counted() -> None:
    recipe = from_json([{"do": "archive page", "page": str(number)} for number in range(101, 104)])
    assert told(recipe, 40) == "page 101 is archived; page 102 is archived; and 1 more change"
    assert told(recipe, 5) == "page …; and 2 more changes"
    assert told(recipe, 1_000) == told(recipe)


@pytest.mark.parametrize("field", ISSUE_BLANKS)
def test_an_emptied_field_of_an_issue_never_had_a_value(field: str) -> None:
    site = base()
    full = next(each for each in site.issues.values() if each.resolution_id and each.description and len(each.sprints))
    edit = {"do": "empty issue", "issue": full.id, "field": field}
    built = build(site, from_json([edit]))
    issue = built.issues[full.id]
    name = {"sprint": SPRINT_FIELD, "estimate": STORY_POINTS_FIELD}.get(field, field)
    for at in (issue.created_at, *(change.at for change in full.changes)):
        assert not (fields_at(issue, at) or {}).get(name)
    assert not issue.comments or field != "comments"
    assert list(wrong(built)) == []
    assert told(from_json([edit])) == f"issue {full.id} has no {field}"


def test_a_page_without_messages_has_none_in_any_version() -> None:
    site = base()
    told_of = next(each for each in site.pages.values() if any(version.message for version in each.versions))
    built = build(site, from_json([{"do": "empty page", "page": told_of.id, "field": "message"}]))
    assert {version.message for version in built.pages[told_of.id].versions} == {""}
    assert list(wrong(built)) == []


def test_a_sub_task_keeps_its_parent() -> None:
    site = clone(base())
    issue = next(each for each in site.issues.values() if each.parent_id)
    issue.type_id = "10003"
    built = build(site, from_json([{"do": "empty issue", "issue": issue.id, "field": "parent"}]))
    assert built.issues[issue.id].parent_id == issue.parent_id


def test_only_what_is_named_or_kept_is_left() -> None:
    site = base()
    other = next(page.id for page in site.pages.values() if page.space_id != site.variables["space.id"])
    small = build(site, from_json([{"do": "only", "keep": [f"page/{other}"]}]))
    assert set(small.pages) == {site.variables["page"], site.variables["page.pictured"], other}
    assert set(small.spaces) == {site.variables["space.id"], site.pages[other].space_id}
    assert list(small.issues) == [site.variables["issue.id"]]
    assert list(wrong(small)) == []


def test_what_is_named_or_kept_stays() -> None:
    site = clone(base())
    page, other = site.variables["page"], next(iter(site.pages))
    everything = from_json(
        [{"do": "drop page", "page": each} for each in site.pages]
        + [{"do": "drop space", "space": each} for each in site.spaces]
    )
    assert page in build(site, everything).pages
    assert other not in build(site, everything).pages
    assert other in build(site, everything, keep=[f"page/{other}"]).pages


def test_children_of_a_page_that_goes_move_up() -> None:
    site = base()
    child = next(page for page in site.pages.values() if page.parent_id and site.pages[page.parent_id].parent_id)
    assert child.parent_id is not None
    built = build(site, from_json([{"do": "drop page", "page": child.parent_id}]))
    assert built.pages[child.id].parent_id == site.pages[child.parent_id].parent_id


def test_an_edit_of_what_is_not_there_changes_nothing() -> None:
    edits = [
        {"do": "drop page", "page": "1"},
        {"do": "label issue", "issue": "1", "labels": ["x"]},
        {"do": "own page", "page": base().variables["page"], "owner": "nobody"},
        {"do": "empty sprint", "sprint": "0"},
        {"do": "drop space", "space": "0"},
    ]
    assert digest(build(base(), from_json(edits))) == digest(base())


@pytest.mark.parametrize(
    "bad",
    [{"do": "burn page"}, {"do": "empty issue", "issue": "1", "field": "key"}, {"do": "drop page"}, {"page": "1"}, 7],
    ids=str,
)
def test_what_is_no_edit_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"\$"):
        from_json([bad])


def test_in_an_empty_sprint_nothing_ever_was() -> None:
    site = base()
    sprint = int(site.variables["sprint"])
    built = build(site, from_json([{"do": "empty sprint", "sprint": str(sprint)}]))
    issues = list(built.issues.values())
    assert not any(sprint in issue.sprints for issue in issues)
    assert not any(members_at(issues, sprint, at) for at in (site.clock_ms, site.clock_ms - 30 * 86_400_000))
    assert members_at(list(site.issues.values()), sprint, site.clock_ms)
