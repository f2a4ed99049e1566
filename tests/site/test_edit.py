from __future__ import annotations

from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.errors import InputError
from forgesim.site.edit import edit_page
from forgesim.site.facts import digest
from forgesim.site.generate import demo
from forgesim.site.model import Site
from forgesim.site.variables import expand


@pytest.fixture
def site() -> Site:
    return demo(1)


def test_an_edit_makes_a_version_and_keeps_the_old_text(site: Site) -> None:
    ref = site.variables["page"]
    before = (site.pages[ref].title, site.pages[ref].body, site.pages[ref].version)
    page = edit_page(site, ref, title="New title", body="<p>New&nbsp;text</p>", at_ms=EPOCH_MS)
    assert (page.title, page.body, page.version) == ("New title", "<p>New&nbsp;text</p>", before[2] + 1)
    assert page.updated_at == EPOCH_MS
    assert [(v.number, v.title, v.body) for v in page.versions[-2:]] == [
        (before[2], *before[:2]),
        (before[2] + 1, None, None),
    ]


def test_an_edit_in_the_past_ages_the_page(site: Site) -> None:
    page = edit_page(site, site.variables["page"], at_ms=1_000_000)
    assert page.updated_at == page.created_at == 1_000_000


def test_a_page_is_named_by_its_title_too(site: Site) -> None:
    title = site.pages[site.variables["page"]].title
    assert edit_page(site, title, labels=[], at_ms=EPOCH_MS).labels == []


def test_labels_keep_their_ids_and_new_ones_get_one(site: Site) -> None:
    known = next(label for page in site.pages.values() for label in page.labels)
    labels = edit_page(site, site.variables["page"], labels=[known.name, "brand-new"], at_ms=EPOCH_MS).labels
    assert labels[0].id == known.id
    assert (labels[1].name, labels[1].id) == ("brand-new", str(site.next_id))


@pytest.mark.parametrize(("owner", "handle"), [("bob", "bob"), ("", None)])
def test_an_owner_is_set_by_handle_and_removed_by_nothing(site: Site, owner: str, handle: str | None) -> None:
    page = edit_page(site, site.variables["page"], owner=owner, at_ms=EPOCH_MS)
    assert (site.users[page.owner].handle if page.owner else None) == handle


@pytest.mark.parametrize(
    ("ref", "parts", "says"),
    [
        ("no such page", {}, "no page"),
        ("$page", {"owner": "zoe"}, "no user 'zoe'"),
        ("$page", {"body": "<p>open"}, "not well-formed"),
        ("$page", {"body": "<x:p>y</x:p>"}, "not well-formed"),
        ("$page", {"labels": ["two words"]}, "label 'two words'"),
        ("$page", {"title": " "}, "cannot be empty"),
        ("$page", {"title": "Configuration"}, "is titled"),
    ],
)
def test_a_bad_edit_changes_nothing(site: Site, ref: str, parts: dict[str, Any], says: str) -> None:
    before = digest(site)
    with pytest.raises(InputError, match=says):
        edit_page(site, expand(ref, site), **parts, at_ms=EPOCH_MS)
    assert digest(site) == before


def test_variables_expand_in_strings_at_any_depth(site: Site) -> None:
    value = {"$space": "$space", "a": ["$space.id", {"b": "page $page."}], "n": 1, "money": "$$page costs $5"}
    assert expand(value, site) == {
        "$space": "DOCS",
        "a": [site.variables["space.id"], {"b": f"page {site.variables['page']}."}],
        "n": 1,
        "money": "$page costs $5",
    }


@pytest.mark.parametrize("name", ["$team", "$issue.name", "$epic", "$space.name", "$sprint.old"])
def test_a_variable_that_the_site_lacks_is_named(site: Site, name: str) -> None:
    with pytest.raises(InputError, match=rf"no \{name}; it has \$board, "):
        expand({"x": [name]}, site)
