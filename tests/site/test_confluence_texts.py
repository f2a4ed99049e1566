"""Every text that Confluence's content may hold is known to the scanner, rewritten by twins and apart in copies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forgesim.site.access import readable_refs
from forgesim.site.facts import clone, digest, known_ids, parents, properties, scan_index
from forgesim.site.generate import proof
from forgesim.site.model import Comment, FileVersion, Page, Site, Version
from forgesim.site.twin import twin

SECRET = "wintergreen heliotrope"


def planted() -> Site:
    """A site with a blog post in which each new text says the secret."""
    site = proof(3)
    some = next(page for page in site.pages.values() if page.status == "current" and page.viewers is None)
    file = next(each for page in site.pages.values() for each in page.attachments)
    old = Version(number=1, at=0, author=some.author, message=SECRET, title=SECRET, body=f"<p>{SECRET}</p>")
    past = FileVersion(number=1, at=0, author=some.author, title="a.txt", media_type="text/plain", data=SECRET.encode(),
                       comment=SECRET)  # fmt: skip
    comment = Comment(id="880001", author=some.author, created_at=0, body="<p>now</p>", likes=(some.author,),
                      versions=(old, replace(old, number=2, title=None, body=None)),
                      properties={"k": SECRET})  # fmt: skip
    new = replace(file, id="880002", comment=SECRET, version=2, past=(past,), properties={"k": SECRET})
    site.pages["880000"] = Page(
        id="880000",
        space_id=some.space_id,
        title="Heliotrope",
        body=f"<p>{SECRET}</p>",
        author=some.author,
        owner=None,
        created_at=0,
        updated_at=0,
        updated_by=some.author,
        version=2,
        kind="blogpost",
        likes=(some.author,),
        comments=[comment],
        attachments=[new],
        versions=[old, replace(old, number=2, title=None, body=None)],
    )
    site.app_properties["k"] = SECRET
    return site


FIELDS = [("page", "880000", "body"), ("page", "880000", "history"), ("comment", "880001", "history"),
          ("attachment", "880002", "comment"), ("attachment", "880002", "history")]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS, ids="/".join)
def test_the_scanner_knows_every_text(field: tuple[str, str, str]) -> None:
    texts = {text[:3]: text[3] for text in scan_index(planted()).texts}
    assert SECRET in texts[field]


def test_a_twin_says_none_of_it() -> None:
    site = planted()
    other = twin(site, seed=1)

    def said(of: Site) -> str:
        found: list[Any] = [of.pages["880000"], of.app_properties]
        return repr(found) + repr([each.data for each in of.pages["880000"].attachments[0].past])

    assert said(site).count("wintergreen") > 8
    assert "wintergreen" not in said(other)
    assert other.pages["880000"].likes == site.pages["880000"].likes


def test_a_copy_is_apart() -> None:
    site = planted()
    before, copy = digest(site), clone(site)
    post, space = copy.pages["880000"], next(iter(copy.spaces.values()))
    post.comments[0].likes = ()
    post.comments[0].properties = {}
    copy.app_properties["k"] = 1
    space.permissions["read:space"] = []
    space.labels.clear()
    post.attachments.clear()
    assert digest(site) == before
    assert digest(copy) != before


def test_a_blog_post_is_known_placed_and_read_as_a_page() -> None:
    site = planted()
    post = site.pages["880000"]
    assert "880000" in known_ids(site)["page"]
    assert parents(site)["page/880000"] == f"space/{post.space_id}"
    assert {"page/880000", "comment/880001", "attachment/880002"} <= readable_refs(site, post.author)
    kept = properties(site)
    assert {"comment/880001 k", "attachment/880002 k", "app/properties k"} <= kept.keys()
