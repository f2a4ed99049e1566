from __future__ import annotations

from collections.abc import Callable

import pytest

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.describe import describe
from forgesim.site.edit import edit_page
from forgesim.site.facts import access_lists, clone, digest, known_ids, parents, scan_index
from forgesim.site.generate import demo
from forgesim.site.model import Attachment, Label, Page, Site, Version


def page_of(site: Site) -> Page:
    return next(page for page in site.pages.values() if page.comments and page.labels)


CHANGES: dict[str, Callable[[Site], object]] = {
    "body": lambda site: setattr(page_of(site), "body", "<p>other</p>"),
    "label": lambda site: page_of(site).labels.append(Label(id="1", name="x")),
    "label-taken": lambda site: page_of(site).labels.pop(),
    "comment": lambda site: setattr(page_of(site).comments[0], "body", "<p>other</p>"),
    "version": lambda site: edit_page(site, page_of(site).id, title="Other", at_ms=site.clock_ms),
    "history-forgotten": lambda site: page_of(site).versions.pop(),
    "property": lambda site: page_of(site).properties.update(score=[1]),
    "viewers": lambda site: setattr(page_of(site), "viewers", ["nobody"]),
    "group": lambda site: next(iter(site.users.values())).groups.append("x"),
    "user-name": lambda site: setattr(next(iter(site.users.values())), "name", "x"),
    "space-property": lambda site: next(iter(site.spaces.values())).properties.update(a=1),
    "page": lambda site: site.pages.pop(page_of(site).id),
    "sprint": lambda site: setattr(site.sprints["41"], "goal", "other"),
    "issue": lambda site: setattr(site.issues["20001"], "summary", "other"),
    "history": lambda site: next(each for each in site.issues.values() if each.changes).changes.pop(),
    "project": lambda site: setattr(site.projects["10002"], "viewers", None),
    "board": lambda site: site.boards.pop("1"),
    "variable": lambda site: site.variables.update(space="X"),
    "next-id": lambda site: setattr(site, "next_id", 7),
    "huge-number": lambda site: site.app_properties.update(key=10**30),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_clone_is_equal_and_changes_alone(change: Callable[[Site], object]) -> None:
    site = demo(1)
    before = digest(site)
    copy = clone(site)
    assert copy == site
    change(copy)
    assert digest(site) == before
    assert digest(copy) != before


@pytest.mark.parametrize("kind", [Attachment, Label, Version])
def test_what_copies_share_cannot_be_changed(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_nested_properties_are_cloned_too() -> None:
    site = demo(1)
    page_of(site).properties["tree"] = {"leaf": [1]}
    copy = clone(site)
    copy.pages[page_of(site).id].properties["tree"]["leaf"].append(2)  # type: ignore[index]
    assert page_of(site).properties["tree"] == {"leaf": [1]}


def test_the_scan_index_has_every_text_once_and_no_markup() -> None:
    site = demo(1)
    texts = scan_index(site).texts
    assert len({text[:3] for text in texts}) == len(texts)
    held = {(kind, id_, field): text for kind, id_, field, text in texts}
    page = page_of(site)
    assert held["page", page.id, "title"] == page.title
    assert all(held["user", user.account_id, "email"] == user.email for user in site.users.values())
    assert not any("<p>" in text or "&quot;" in text for text in held.values())
    assert {kind for kind, *_ in texts} == {
        "user", "space", "page", "comment", "attachment", "project", "board", "sprint", "issue",
        "worklog",
    }  # fmt: skip


def test_known_ids_name_spaces_by_id_and_key() -> None:
    ids = known_ids(demo(1))
    assert {"DOCS", "ENG", "HR"} < set(ids["space"])
    assert len(ids["space"]) == 6
    assert APP_ACCOUNT in ids["account"]
    assert {"WEB-1", "CORE-1"} < set(ids["issue"])
    assert set(ids["board"]) == {"1", "2"}
    assert {"WEB", "CORE"} < set(ids["project"])
    assert len(ids["sprint"]) == 58


def test_everything_lies_in_a_space_or_a_project() -> None:
    site = demo(1)
    above = parents(site)
    for ref in above:
        here, steps = ref, 0
        while here in above:
            here, steps = above[here], steps + 1
            assert steps < 20
        kind, _, id_ = here.partition("/")
        assert id_ in (site.spaces if kind == "space" else site.projects)


def test_access_lists_cover_everybody_and_the_app() -> None:
    site = demo(1)
    lists = access_lists(site)
    assert set(lists) == {*site.users, APP_ACCOUNT}
    readable = {ref for refs in lists.values() for ref in refs}
    assert readable <= {
        *parents(site),
        *(f"space/{space}" for space in site.spaces),
        *(f"project/{each}" for each in site.projects),
    }


def test_describe_counts_what_is_there() -> None:
    site = demo(1)
    shown = describe(site)
    assert sum(space["pages"] + space["blogPosts"] for space in shown["spaces"]) == len(site.pages)
    assert sum(project["worklogs"] for project in shown["projects"]) >= 24
    people = {row["handle"]: row["sees"]["pages"] for row in shown["people"]}
    assert people["alice"] > people["bob"] >= people["(app)"] > people["goran"] == 0
    human = next(space for space in shown["spaces"] if space["key"] == "HR")
    assert human["viewers"] == ["group:people-team"]
    assert any(
        page["viewers"][0] == "alice" for space in shown["spaces"] for page in space["restricted"] if page["viewers"]
    )
