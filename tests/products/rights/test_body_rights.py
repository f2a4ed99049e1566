"""A body in each form leads its reader only to what they see: by links, and by the list of a page's children."""

from __future__ import annotations

import re
from functools import cache

import pytest
from tests.products.rights.asking import Answered, Seen, ask_as
from tests.products.rights.canaries import Words, stamp
from tests.products.rights.places import VIEWERS, place

from forgesim.site.model import Site

FORMATS = ("view", "export_view", "styled_view", "editor", "atlas_doc_format", "anonymous_export_view")
LINK = '<ac:link><ri:page ri:space-key="{}" ri:content-title="{}"/><ac:link-body>here</ac:link-body></ac:link>'
HOMES = ("70100", "70151")


@cache
def linked() -> tuple[Site, Words]:
    """The open page and the open blog post link to every page of the site by its title; both list their children."""
    site = place()
    words = stamp(site)
    pages = [page for page in site.pages.values() if page.kind == "page"]
    links = "".join(LINK.format(site.spaces[page.space_id].key, page.title) for page in pages)
    for home in HOMES:
        site.pages[home].body = f'<p>{links}</p><ac:structured-macro ac:name="children"/>'
    return site, words


def shown(who: str, home: str, form: str) -> tuple[Seen, Answered]:
    site, viewer = linked()[0], VIEWERS[who]
    path = f"/wiki/api/v2/{site.pages[home].kind}s/{home}?body-format={form}"
    got = ask_as(site, viewer)("GET", path, None)
    return Seen(site, None if form.startswith("anonymous") else viewer), got


def ids(site: Site, seen: Seen, *statuses: str) -> set[str]:
    pages = [page for page in site.pages.values() if page.kind == "page" and page.status in statuses]
    return {page.id for page in pages if f"page/{page.id}" in seen.refs}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("who", ["owner", "member", "restricted", "admin", "of a group", "app"])
def test_a_body_leads_to_what_its_reader_sees(who: str, home: str, form: str) -> None:
    site, (seen, got) = linked()[0], shown(who, home, form)
    assert got.status == 200
    said = got.json["body"][form]["value"]
    assert set(re.findall(r"/pages/([0-9]+)", said)) == ids(site, seen, "current", "archived")


@pytest.mark.parametrize("form", [each for each in FORMATS if each != "atlas_doc_format"])
@pytest.mark.parametrize("who", ["owner", "member", "restricted", "admin", "of a group", "app"])
def test_a_body_names_no_page_that_its_reader_does_not_see(who: str, form: str) -> None:
    """What is rendered; the document format keeps the titles that its writer gave, as storage does."""
    (_, words), (seen, got) = linked(), shown(who, "70100", form)
    named = words.shown_in(got.json["body"][form]["value"])
    assert [word for word in named - words.quiet if words.of[word].isdisjoint(seen.refs)] == []


@pytest.mark.parametrize("form", ["view", "export_view"])
@pytest.mark.parametrize("who", ["owner", "restricted", "of a group"])
def test_the_children_that_a_body_lists_are_recorded(who: str, form: str) -> None:
    site, (seen, got) = linked()[0], shown(who, "70100", form)
    below = {each for each in ids(site, seen, "current") if site.pages[each].parent_id == "70100"}
    assert {f"page/{each}" for each in below} <= set(got.reads) <= seen.refs
